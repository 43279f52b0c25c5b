"""The web server. Its log names no person: neither addresses of visitors nor what they searched for."""

accesslog = "-"
access_log_format = "%(m)s %(U)s %(s)s %(B)s %(L)ss"
