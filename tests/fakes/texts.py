"""Texts that a road which is not careful with bytes would change."""

HARD_TEXTS = [
    "We are sorry \N{FAMILY}\u200d\N{WOMAN} \U0001f468\u200d\U0001f469\u200d\U0001f467",
    "نأسف لانقطاع الخدمة \u200f(Ontario)\u200e",
    "cafe\u0301 and café",
    "a < b & c > d &amp; &lt;b&gt; \"q\" 'q'",
    "line one\r\nline two\nline three\rline four\ttab",
    " leading, trailing and  double spaces ",
    "100 % + a=b&c=d ; ?x#y %41 +",
    "https://status.northwind.example/?a=1&b=2",
    "nul? no: \u2028 \u2029 \ufeff \U0010ffff",
]
