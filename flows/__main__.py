"""Entry point of ``python -m flows``, which is ``bayescim``."""

from .cli import main

if __name__ == "__main__":
    main()
