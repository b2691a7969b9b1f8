"""What pyproject.toml cannot say: folders of the checkout's top that ship inside `helpdesk`."""

from setuptools import find_packages, setup

DATA = ["templates", "static", "locale"]

setup(
    packages=[
        *find_packages(include=["helpdesk*", "inbox*"]),
        *(f"helpdesk.{one}" for one in DATA),
    ],
    package_dir={f"helpdesk.{one}": one for one in DATA},
    package_data={f"helpdesk.{one}": ["**/*"] for one in DATA},
)
