// Writes cpu.pb.gz and heap.pb.gz of itself: go run main.go (in /srv/app, with Go 1.19).
package main

import (
	"log"
	"os"
	"runtime"
	"runtime/pprof"
	"time"
)

var kept [][]byte

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func spin(end time.Time) (turns int) {
	for time.Now().Before(end) {
		turns += fib(20)
	}
	return turns
}

func allocate() {
	for i := 0; i < 2000; i++ {
		kept = append(kept, make([]byte, 10_000))
	}
}

func create(name string) *os.File {
	file, err := os.Create(name)
	if err != nil {
		log.Fatal(err)
	}
	return file
}

func main() {
	file := create("cpu.pb.gz")
	if err := pprof.StartCPUProfile(file); err != nil {
		log.Fatal(err)
	}
	spin(time.Now().Add(1500 * time.Millisecond))
	allocate()
	pprof.StopCPUProfile()
	file.Close()
	runtime.GC()
	file = create("heap.pb.gz")
	if err := pprof.Lookup("heap").WriteTo(file, 0); err != nil {
		log.Fatal(err)
	}
	file.Close()
}
