"""The senders that are known, by name."""

from collections.abc import Mapping

from service.refusal import Refused
from service.webhooks.arcxp import ArcXP
from service.webhooks.contentful import Contentful
from service.webhooks.datocms import DatoCMS
from service.webhooks.drupal import Drupal
from service.webhooks.generic import Generic
from service.webhooks.ghost import Ghost
from service.webhooks.kind import Kind
from service.webhooks.prismic import Prismic
from service.webhooks.sanity import Sanity
from service.webhooks.standard import Standard
from service.webhooks.storyblok import Storyblok
from service.webhooks.strapi import Strapi
from service.webhooks.superdesk import Superdesk
from service.webhooks.wordpress import WordPress
from service.webhooks.wordpress_com import WordPressCom

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Standard(), Ghost(), WordPress(), WordPressCom(), Contentful(), Sanity(), Strapi(), Drupal(), Superdesk(), ArcXP(),
        Storyblok(), Prismic(), DatoCMS(), Generic(),
    )
}  # fmt: skip


def find_kind(name: str) -> Kind:
    """The kind of that name. Raises Refused for one that has no webhook."""
    if name not in KINDS:
        raise Refused(404, f"{name!r} has no webhook; the kinds are {', '.join(KINDS)}.")
    return KINDS[name]
