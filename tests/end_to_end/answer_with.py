"""A pty that answers every request with the same bytes: answer_with.py PATH 'BYTES'."""

import os
import sys
import tty

path, answer = sys.argv[1], sys.argv[2].encode().decode("unicode_escape").encode("latin-1")
master, slave = os.openpty()
tty.setraw(slave)
os.symlink(os.ttyname(slave), path)
request = b""
while True:
    request += os.read(master, 256)
    if request.endswith(b"\r"):
        request = b""
        os.write(master, answer)
