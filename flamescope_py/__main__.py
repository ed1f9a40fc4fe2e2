"""`python -m flamescope_py` is `flamescope-py`."""

from flamescope_py.commands.main import main

if __name__ == "__main__":
    main(prog_name="flamescope-py")
