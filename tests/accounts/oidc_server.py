"""An OpenID Connect server as ID-porten and Entra ID are: real HTTP on this machine, signed tokens, codes used once.

It answers as somebody who signed in there at once. `claims` says who and how; `wrong` makes one thing go wrong.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT_IDS = {"idporten": "bliher-at-idporten", "entra": "bliher-at-entra"}
CLIENT_SECRET, KEY_ID = "only-for-tests", "key-1"


class OidcServer:
    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict[str, Any] = {"sub": "pairwise-of-nora"}
        # wrong["token"] replaces claims at the last moment; None removes one. wrong["key"] signs with another key.
        self.wrong: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[dict[str, str]] = []
        self.seen: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.seen.append(self.path)
                where = urlsplit(self.path)
                answers = {"/.well-known/openid-configuration": server.configuration, "/jwks": server.jwks}
                if where.path == "/authorize":
                    self._send(302, b"", {"Location": server.authorize(_flat(where.query))})
                elif where.path in answers:
                    self._json(200, answers[where.path]())
                else:
                    self._json(404, {})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._json(*server.token(_flat(body)))

            def _json(self, status: int, content: dict[str, Any]) -> None:
                self._send(status, json.dumps(content).encode(), {"Content-Type": "application/json"})

            def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
                self.send_response(status)
                for name, value in (headers | {"Content-Length": str(len(body))}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """The tests ask `seen`."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    # --- What it answers ---

    def configuration(self) -> dict[str, Any]:
        doors = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
        return {"issuer": self.url} | {name: f"{self.url}/{path}" for name, path in doors.items()}

    def jwks(self) -> dict[str, Any]:
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [public | {"kid": KEY_ID, "use": "sig", "alg": "RS256"}]}

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes next, with a code."""
        self.asked.append(query)
        assert query["response_type"] == "code"
        assert query["client_id"] in CLIENT_IDS.values()
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Each code once, to who asked for it, with the secret and the verifier behind the challenge."""
        query = self.codes.pop(form.get("code", ""), None)
        if query is None or form.get("redirect_uri") != query["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != query["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if (form.get("client_id"), form.get("client_secret")) != (query["client_id"], CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        return 200, {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "id_token": self.sign(query)}

    def sign(self, query: dict[str, str]) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": query["client_id"], "iat": now, "exp": now + 120, "jti": secrets.token_hex(8),
                  "nonce": query.get("nonce"), "acr": query.get("acr_values")}  # fmt: skip
        claims |= self.claims | self.wrong.get("token", {})
        if self.wrong.get("alg") == "none":
            return jwt.encode(claims, "", algorithm="none", headers={"kid": KEY_ID})
        key = self.other_key if self.wrong.get("key") else self.key
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, key, algorithm="RS256", headers={"kid": KEY_ID})


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
