"""Writing the invented city into the database by COPY; the one exemption from services."""

from .city import Progress, Refusal, city_make

__all__ = ["Progress", "Refusal", "city_make"]
