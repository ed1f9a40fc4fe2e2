import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Two threads: one computes, one allocates, and both sleep with a lock now and then. */
public class Busy {
    private static final Object LOCK = new Object();
    private static volatile double sink;
    private static volatile Object kept;

    public static void main(String[] arguments) throws InterruptedException {
        Thread compute = new Thread(() -> repeat(Busy::compute), "compute");
        Thread allocate = new Thread(() -> repeat(Busy::allocate), "allocate");
        compute.start();
        allocate.start();
        compute.join();
        allocate.join();
    }

    private static void repeat(Runnable work) {
        long end = System.nanoTime() + 2_500_000_000L;
        while (System.nanoTime() < end) {
            work.run();
        }
    }

    private static void compute() {
        double sum = 0;
        for (int i = 1; i < 2_000_000; i++) {
            sum += mixed(i);
        }
        locked(sum);
    }

    private static int mixed(int number) {
        int found = number;
        for (int turn = 0; turn < 20; turn++) {
            found = (found ^ (found >> 3)) * 31 + turn;
        }
        return found % 7;
    }

    private static void locked(double sum) {
        if (Math.random() < 0.9) {
            return;
        }
        synchronized (LOCK) {
            sink = sum;
            try {
                Thread.sleep(15);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void allocate() {
        Map<Integer, List<String>> map = new TreeMap<>();
        for (int i = 0; i < 20_000; i++) {
            map.computeIfAbsent(i % 100, key -> new ArrayList<>()).add("value " + i);
        }
        kept = map;
        locked(map.size());
    }
}
