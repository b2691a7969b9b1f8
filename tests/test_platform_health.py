from django.test import Client


def test_it_is_healthy_without_a_database_or_a_login(client: Client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok")
