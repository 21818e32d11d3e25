"""The sample mailboxes of ./quickstart: what a small trading company gets in a fortnight.

Each mail says what is expected of it (`expect`: the message's state in the ledger), so that
`./quickstart --once` can tell whether everything came out as it should. Dates count back from now,
because follow-ups are only interesting while they lie ahead.
"""

import dataclasses
import datetime
import email.utils
import zlib

OWN_HOST = "mail.example.org"
USERS = {
    "anna": "Anna de Vries <anna@example.org>",
    "bram": "Bram Jansen <bram@example.org>",
    "clara": "Clara Weber <clara@example.org>",
    "didier": "Didier Martin <didier@example.org>",
}
MAILBOX_ADDRESSES = {
    "crm": "crm@example.org",
    "invoices": "invoices@example.org",
    "leads": "sales@example.org",
    "support": "support@example.org",
    "board": "board@example.org",
}


@dataclasses.dataclass
class Mail:
    box: str
    key: str  # of the Message-ID, so that tests and threads can name it
    sender: str
    to: str
    subject: str
    body: str
    expect: str = "filed"
    envelope: str = ""  # the mailbox's address, tag included, unless given
    cc: str = ""
    days_ago: float = 2.0
    outside: bool = False  # came by the internet; else a colleague submitted it
    reply_to: str = ""  # key of the mail that it answers
    html: bool = False
    headers: tuple = ()
    attachments: tuple = ()  # (file name, content type, bytes)
    forwarded: "Mail | None" = None  # as message/rfc822
    raw: bytes = b""  # instead of all the rest

    def message_id(self):
        return f"{self.key}@mail.example.net" if self.outside else f"{self.key}@example.org"


def _encoded_header(text):
    """RFC 2047 only where it is needed; addresses keep their angle part readable."""
    import email.header

    name, address = email.utils.parseaddr(text) if "@" in text and "," not in text else ("", "")
    if text.isascii():
        return text
    if address:
        return f"{email.header.Header(name, 'utf-8').encode()} <{address}>"
    return email.header.Header(text, "utf-8").encode()


def _part(content_type, content, disposition=""):
    import base64

    encoded = base64.encodebytes(content).decode().replace("\n", "\r\n")
    extra = f"Content-Disposition: {disposition}\r\n" if disposition else ""
    return (
        f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: base64\r\n{extra}\r\n{encoded}"
    )


def _body(mail, by_key, now):
    """Header fields of the body and the body, CRLF line ends."""
    kind = "text/html" if mail.html else "text/plain"
    text = mail.body.strip("\n").replace("\n", "\r\n") + "\r\n"
    if not mail.attachments and not mail.forwarded:
        return (
            f"MIME-Version: 1.0\r\nContent-Type: {kind}; charset=utf-8\r\n"
            f"Content-Transfer-Encoding: 8bit\r\n\r\n{text}"
        )
    boundary = f"=_{mail.key}_part"
    parts = [
        f"Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}"
    ]
    for name, content_type, content in mail.attachments:
        parts.append(
            _part(f'{content_type}; name="{name}"', content, f'attachment; filename="{name}"')
        )
    if mail.forwarded:
        inner = render(mail.forwarded, by_key, now).decode()
        parts.append(f"Content-Type: message/rfc822\r\n\r\n{inner}")
    joined = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return (
        f'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'
        f"{joined}--{boundary}--\r\n"
    )


def render(mail, by_key, now):
    """The mail's bytes as our own server would have stored them."""
    if mail.raw:
        return mail.raw
    sent = now - datetime.timedelta(days=mail.days_ago)
    date = email.utils.format_datetime(sent)
    envelope = mail.envelope or MAILBOX_ADDRESSES.get(mail.box, "")
    if mail.outside:
        received = (
            f"Received: from mx.example.net (mx.example.net [192.0.2.25])\r\n"
            f"\tby {OWN_HOST} (Postfix) with ESMTPS id 4Q{zlib.crc32(mail.key.encode()) % 10**8:08d}\r\n"
            f"\tfor <{envelope}>; {date}\r\n"
        )
    else:
        received = (
            f"Received: from [192.0.2.77] (client.example.org [192.0.2.77])\r\n"
            f"\tby {OWN_HOST} (Postfix) with ESMTPSA id 4S{zlib.crc32(mail.key.encode()) % 10**8:08d}\r\n"
            f"\tfor <{envelope}>; {date}\r\n"
        )
    lines = [
        f"Return-Path: <{email.utils.parseaddr(mail.sender)[1]}>\r\n",
        f"Delivered-To: {envelope}\r\n",
        received,
        f"From: {_encoded_header(mail.sender)}\r\n",
        f"To: {_encoded_header(mail.to)}\r\n",
    ]
    if mail.cc:
        lines.append(f"Cc: {_encoded_header(mail.cc)}\r\n")
    lines.append(f"Subject: {_encoded_header(mail.subject)}\r\n")
    lines.append(f"Date: {date}\r\n")
    lines.append(f"Message-ID: <{mail.message_id()}>\r\n")
    if mail.reply_to:
        parent = by_key[mail.reply_to].message_id()
        lines.append(f"In-Reply-To: <{parent}>\r\nReferences: <{parent}>\r\n")
    lines.extend(f"{name}: {value}\r\n" for name, value in mail.headers)
    return ("".join(lines) + _body(mail, by_key, now)).encode()


def pdf(text):
    """A one-page PDF that says `text`."""
    stream = "BT /F1 12 Tf 60 760 Td 16 TL " + " ".join(
        f"({line.replace('(', '[').replace(')', ']')}) Tj T*" for line in text.splitlines()
    ) + " ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = "%PDF-1.4\n"
    offsets = []
    for number, item in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{item}\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    out += "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return out.encode()


def ubl(number, issued, due, seller, vat_id, iban, net, tax, total):
    """A UBL 2.1 invoice with the fields that matter."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
 <cbc:ID>{number}</cbc:ID>
 <cbc:IssueDate>{issued}</cbc:IssueDate>
 <cbc:DueDate>{due}</cbc:DueDate>
 <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
 <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
 <cac:AccountingSupplierParty><cac:Party>
  <cac:PartyName><cbc:Name>{seller}</cbc:Name></cac:PartyName>
  <cac:PartyTaxScheme><cbc:CompanyID>{vat_id}</cbc:CompanyID>
   <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyLegalEntity><cbc:RegistrationName>{seller}</cbc:RegistrationName></cac:PartyLegalEntity>
 </cac:Party></cac:AccountingSupplierParty>
 <cac:AccountingCustomerParty><cac:Party>
  <cac:PartyName><cbc:Name>Example Trading BV</cbc:Name></cac:PartyName>
 </cac:Party></cac:AccountingCustomerParty>
 <cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>
  <cac:PayeeFinancialAccount><cbc:ID>{iban}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
 <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">{tax}</cbc:TaxAmount></cac:TaxTotal>
 <cac:LegalMonetaryTotal>
  <cbc:TaxExclusiveAmount currencyID="EUR">{net}</cbc:TaxExclusiveAmount>
  <cbc:TaxInclusiveAmount currencyID="EUR">{total}</cbc:TaxInclusiveAmount>
  <cbc:PayableAmount currencyID="EUR">{total}</cbc:PayableAmount>
 </cac:LegalMonetaryTotal>
 <cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine>
</Invoice>
""".encode()
