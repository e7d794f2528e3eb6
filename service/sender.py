"""A sender of Standard Webhooks: what a CMS does on publish."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from standardwebhooks.webhooks import Webhook

from service.errors import SampleError

TIMEOUT_S = 30


@dataclass(frozen=True)
class Sender:
    """Who calls which webhook, with which secret."""

    url: str
    secret: str

    def publish(self, delivery_id: str, article: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Signs and sends one ``article.published``; gives the answer. Raises SampleError unless it is 200."""
        body = json.dumps({"type": "article.published", "timestamp": now.isoformat(), "data": article}, ensure_ascii=False)
        request = urllib.request.Request(  # noqa: S310 - our own web
            self.url, data=body.encode(), method="POST", headers=self._headers(delivery_id, body, now)
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
                answered: dict[str, Any] = json.load(answer)
                return answered
        except urllib.error.HTTPError as error:
            with error:
                raise SampleError(f"{self.url} answered {error.code}: {error.read(500).decode('utf-8', 'replace')}") from error
        except OSError as error:
            raise SampleError(f"{self.url} cannot be reached: {error}.") from error

    def _headers(self, delivery_id: str, body: str, now: datetime) -> dict[str, str]:
        return {
            "content-type": "application/json",
            "webhook-id": delivery_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self.secret).sign(delivery_id, now, body),
        }
