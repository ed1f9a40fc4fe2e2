burn() { i=0; while [ $i -lt 60000 ]; do i=$((i + 1)); done; }
burn; sleep 0.3; burn; ls -R /usr/share/doc >/dev/null; burn
