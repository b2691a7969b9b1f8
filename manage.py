#!/usr/bin/env python
from helpdesk.command import main

if __name__ == "__main__":
    main()
