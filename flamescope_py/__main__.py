"""`python -m flamescope_py` is `flamescope-py`."""

from flamescope_py.cli import main

if __name__ == "__main__":
    main(prog_name="flamescope-py")
