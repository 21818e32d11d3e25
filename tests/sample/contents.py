"""What stands in the sample mailboxes: one table, read from top to bottom it is a fortnight."""

import datetime

from .mails import USERS, Mail, pdf, ubl

ANNA, BRAM, CLARA, DIDIER = (USERS[name] for name in ("anna", "bram", "clara", "didier"))

PIETER = "Pieter Bakker <pieter@noordzee.example>"
SABINE = "Sabine Köhler <sabine.koehler@muehle.example>"
LUCIE = "Lucie Fournier <lucie@atelier.example>"
GRACE = "Grace Miller <grace@harbour.example>"

# Who is known before the first mail: contact, address, company, domain, role.
KNOWN = [
    ("Pieter Bakker", "pieter@noordzee.example", "Noordzee Logistiek BV", "noordzee.example",
     "customer"),
    ("Sabine Köhler", "sabine.koehler@muehle.example", "Mühle Sonnenberg GmbH", "muehle.example",
     "customer"),
    ("Lucie Fournier", "lucie@atelier.example", "Atelier Fournier", "atelier.example", "customer"),
    ("Grace Miller", "grace@harbour.example", "Harbour & Sons Ltd", "harbour.example", "partner"),
    ("Pixel Power billing", "billing@pixelpower.example", "Pixel Power BV", "pixelpower.example",
     "supplier"),
    ("Stadtwerke Kundenservice", "rechnung@stadtwerke.example", "Stadtwerke Musterstadt",
     "stadtwerke.example", "supplier"),
]


def _day(now, days):
    return (now + datetime.timedelta(days=days)).date().isoformat()


def capture():
    """BCC'd to crm@: known and unknown people, four languages, with and without a tag."""
    def bcc(key, sender, to, subject, body, **more):
        return Mail("crm", key, sender, to, subject, body, **more)

    return [
        bcc("c01", ANNA, PIETER, "Offerte palletwagens",
            "Beste Pieter,\n\nBijgaand de offerte zoals besproken.\n\nGroet,\nAnna",
            envelope="crm+2w@example.org",
            attachments=(("offerte-118.pdf", "application/pdf", pdf("Offerte 118")),)),
        bcc("c02", ANNA, SABINE, "Unser Gespräch von gestern",
            "Liebe Frau Köhler,\n\nvielen Dank für das Gespräch. Ich melde mich nächste Woche.\n\n"
            "Viele Grüße\nAnna de Vries", envelope="crm+1w.to-clara@example.org"),
        bcc("c03", DIDIER, LUCIE, "Votre commande d'étagères",
            "Bonjour Lucie,\n\nVoici le calendrier de livraison.\n\nCordialement,\nDidier",
            envelope="crm+ven@example.org"),
        bcc("c04", BRAM, GRACE, "Catalogue for the spring",
            "Hi Grace,\n\nthe new catalogue is out next month.\n\nBest,\nBram",
            envelope="crm+3wd.t0930@example.org"),
        bcc("c05", BRAM, "Jonas Lind <jonas@fjord.example>", "Nice to meet you",
            "Hello Jonas,\n\ngood to meet you at the fair.\n\nBram", expect="waiting"),
        bcc("c06", ANNA, "Jonas Lind <jonas@fjord.example>", "Price list",
            "Hello Jonas,\n\nas promised, the price list.\n\nAnna", expect="waiting",
            envelope="crm+1m@example.org"),
        bcc("c07", CLARA, "Rosa Conti <rosa@conti.example>", "Muster für die Küche",
            "Guten Tag Frau Conti,\n\ndie Muster sind unterwegs.\n\nClara Weber",
            expect="waiting"),
        bcc("c08", CLARA, SABINE, "Lieferung verschoben",
            "Liebe Frau Köhler,\n\ndie Lieferung kommt einen Tag später.\n\nClara"),
        bcc("c09", ANNA, "Kees de Wit <kees@noordzee.example>", "Factuuradres",
            "Beste Kees,\n\nwat is het juiste factuuradres?\n\nAnna"),
        bcc("c10", ANNA, PIETER, "Belafspraak", "Pieter, ik bel je morgen.\n\nAnna",
            envelope="crm+morgen.t1500@example.org", days_ago=0.1),
        bcc("c11", DIDIER, LUCIE, "Échantillons", "Bonjour,\n\nles échantillons partent ce soir.\n\n"
            "Didier", cc=GRACE),
        bcc("c12", BRAM, GRACE, "Minutes of our call", "Grace,\n\nwe agreed on 40 units.\n\nBram",
            envelope="crm+12-03@example.org", expect="waiting"),
        bcc("c13", ANNA, "Bram Jansen <bram@example.org>", "Intern: planning",
            "Bram, kun jij volgende week?\n\nAnna", expect="waiting"),
        Mail("crm", "c14", PIETER, ANNA, "Re: Offerte palletwagens",
             "Beste Anna,\n\ndank, wij bespreken het maandag.\n\nPieter\n\n"
             "> Bijgaand de offerte zoals besproken.", outside=True, reply_to="c01",
             expect="quarantined"),
        bcc("c15", BRAM, "crm@example.org", "Fwd: question about delivery", "For the record.",
            forwarded=Mail("", "c15inner", "Pieter Bakker <pieter@noordzee.example>", BRAM,
                           "question about delivery",
                           "Hi Bram,\n\nwhen will the pallets arrive?\n\nPieter", outside=True)),
        bcc("c16", CLARA, "crm@example.org", "WG: Anfrage Regale", "Bitte ablegen.",
            forwarded=Mail("", "c16inner", "Heike Brandt <heike@brandt.example>", CLARA,
                           "Anfrage Regale", "Guten Tag,\n\nwir brauchen 12 Regale.\n\nH. Brandt",
                           outside=True), expect="waiting"),
        Mail("crm", "c17", ANNA, PIETER, "Please pay this at once",
             "Pieter, our bank account changed, see below.\n\nAnna", outside=True,
             expect="quarantined", headers=(("X-Mailer", "Mass Mailer 3"),)),
        bcc("c18", ANNA, SABINE, "Angebot 119", "<html><body><p>Liebe Frau Köhler,</p>"
            "<ul><li>10 Regale</li><li>2 Wagen</li></ul><p>Grüße<br>Anna</p></body></html>",
            html=True, envelope="crm+20d@example.org"),
        bcc("c19", DIDIER, "Paul Roche <paul.roche@gmail.com>", "Rendez-vous",
            "Bonjour Paul,\n\nà mardi.\n\nDidier", expect="waiting"),
        bcc("c20", BRAM, GRACE, "Thanks", "Thanks Grace!\n\nBram",
            envelope="crm+task.2d.to-bram@example.org"),
    ]


def invoices(now):
    """To invoices@: direct, forwarded by a colleague, twice, reminded."""
    issued, due = _day(now, -5), _day(now, 25)
    pixel = ubl("PP-2041", issued, due, "Pixel Power BV", "NL812345678B01",
                "NL91ABNA0417164300", "400.00", "84.00", "484.00")
    water = pdf("Stadtwerke Musterstadt\nRechnung Nr. SW-88120\nGesamtbetrag 1.234,50 EUR")

    def direct(key, sender, subject, body, **more):
        return Mail("invoices", key, sender, "invoices@example.org", subject, body, outside=True,
                    **more)

    return [
        direct("i01", "Pixel Power billing <billing@pixelpower.example>", "Invoice PP-2041",
               "Please find our invoice attached.",
               attachments=(("PP-2041.xml", "application/xml", pixel),
                            ("PP-2041.pdf", "application/pdf", pdf("Invoice PP-2041")))),
        direct("i02", "Pixel Power billing <billing@pixelpower.example>", "Reminder: PP-2041",
               "Our invoice PP-2041 of 484.00 EUR is still open.\n\nPayment reminder for invoice "
               "number: PP-2041\nTotal: EUR 484.00", reply_to="i01", days_ago=1),
        direct("i03", "Pixel Power billing <billing@pixelpower.example>", "Invoice PP-2041 (copy)",
               "Once more, with the invoice attached.", days_ago=1.5,
               attachments=(("PP-2041.xml", "application/xml", pixel),)),
        direct("i04", "Stadtwerke <rechnung@stadtwerke.example>", "Ihre Rechnung SW-88120",
               "Sehr geehrte Damen und Herren,\n\nRechnungsnummer: SW-88120\n"
               "Rechnungsdatum: 03.11.2026\nGesamtbetrag: 1.234,50 EUR\n"
               "IBAN: DE89 3704 0044 0532 0130 00\n",
               attachments=(("Rechnung.pdf", "application/pdf", water),)),
        Mail("invoices", "i05", ANNA, "invoices@example.org", "Fwd: Facture 2026-77",
             "Voor de administratie.", forwarded=Mail(
                 "", "i05inner", "Garage Dupont <compta@dupont.example>", ANNA, "Facture 2026-77",
                 "Bonjour,\n\nveuillez trouver notre facture.\n\nNuméro de facture : 2026-77\n"
                 "Total TTC : 312,00 EUR\n", outside=True,
                 attachments=(("facture-2026-77.pdf", "application/pdf",
                               pdf("Facture 2026-77 Total TTC 312,00 EUR")),)),
             expect="waiting"),
        direct("i06", "Kantoor Groothandel <facturen@kantoor.example>", "Factuur K-5512",
               "Geachte heer/mevrouw,\n\nFactuurnummer: K-5512\nTotaal: € 89,95\n"
               "Te betalen vóór: 20-12-2026\n", expect="waiting",
               attachments=(("K-5512.pdf", "application/pdf", pdf("Factuur K-5512")),)),
        Mail("invoices", "i07", BRAM, "invoices@example.org", "Receipt parking",
             "Parking at the fair, 18 euro.", expect="waiting",
             attachments=(("parking.jpg", "image/jpeg", b"\xff\xd8\xff\xe0" + bytes(4000)),)),
        direct("i08", "Noreply <noreply@cloudhost.example>", "Your invoice CH-10077",
               "Invoice number: CH-10077\nInvoice date: 2026-11-10\nTotal: EUR 59.29\n",
               headers=(("Auto-Submitted", "auto-generated"),), expect="waiting",
               attachments=(("CH-10077.xml", "application/xml",
                             ubl("CH-10077", issued, due, "Cloudhost SA", "LU12345613",
                                 "LU280019400644750000", "49.00", "10.29", "59.29")),)),
    ]


def leads():
    """To sales@: people who ask, and the web form of the site."""
    def ask(key, sender, subject, body, **more):
        return Mail("leads", key, sender, "sales@example.org", subject, body, outside=True, **more)

    form = ("Name: {0}\nCompany: {1}\nEmail: {2}\nPhone: {3}\nMessage: {4}\n")
    sender = "Website <form@web.example.net>"
    return [
        ask("l01", "Nora Berg <nora@bergbouw.example>", "Rolling ladders?",
            "Hello,\n\ndo you sell rolling ladders?\n\nNora Berg"),
        ask("l02", "Nora Berg <nora@bergbouw.example>", "Re: Rolling ladders?",
            "I forgot: we need six of them, budget 3000 euro.\n\nNora", reply_to="l01", days_ago=1),
        ask("l03", sender, "Contact form", form.format(
            "Ivo Marin", "Marin Vini", "ivo@marin.example", "+39 055 123456",
            "We are looking for wine racks. Please send a quotation.")),
        ask("l04", sender, "Contact form", form.format(
            "Tessa Groen", "Groen Advies", "tessa@groenadvies.example", "020 555 0199",
            "Graag een prijs voor 4 bureaus."), days_ago=1.2),
        ask("l05", "Emil Sand <emil@sand.example>", "Anfrage Archivregale",
            "Guten Tag,\n\nbitte um ein Angebot über 30 Laufmeter.\n\nEmil Sand"),
        ask("l06", "Newsletter <news@tradefair.example>", "Trade fair news 48",
            "This week at the fair …", expect="ignored",
            headers=(("List-Unsubscribe", "<https://tradefair.example/u>"),
                     ("Precedence", "bulk"))),
        ask("l07", "Members <members@lists.guild.example>", "[guild] Annual dinner",
            "The annual dinner is on Friday.", expect="ignored",
            headers=(("List-Id", "Guild members <members.guild.example>"),
                     ("List-Post", "<mailto:members@lists.guild.example>"))),
        ask("l08", "Odile Petit <odile@petit.example>", "Demande de prix",
            "Bonjour,\n\npouvez-vous me donner le prix de 20 chaises ?\n\nOdile Petit"),
    ]


def support():
    """To support@: two threads, an automatic answer, a bounce."""
    def ask(key, sender, subject, body, **more):
        return Mail("support", key, sender, "support@example.org", subject, body, outside=True,
                    **more)

    bounce = (
        "This is the mail system at host mx.example.net.\n\n<old@fjord.example>: host "
        "mx.fjord.example said: 550 5.1.1 User unknown (in reply to RCPT TO command)\n"
    )
    return [
        ask("s01", PIETER, "Wheel of cart 12 is broken",
            "Hello,\n\nthe wheel of cart 12 broke after two days.\n\nPieter", days_ago=6),
        ask("s02", PIETER, "Re: Wheel of cart 12 is broken",
            "A photo is attached.\n\nPieter", reply_to="s01", days_ago=5,
            attachments=(("wheel.jpg", "image/jpeg", b"\xff\xd8\xff\xe0" + bytes(30000)),)),
        ask("s03", PIETER, "Re: Wheel of cart 12 is broken", "Any news?\n\nPieter", reply_to="s02",
            days_ago=1),
        ask("s04", SABINE, "Regal wackelt", "Guten Tag,\n\ndas Regal im Lager wackelt.\n\nS. Köhler"),
        ask("s05", "Tom Unknown <tom@somewhere.example>", "Where is my parcel?",
            "I ordered a chair three weeks ago.\n\nTom", expect="waiting"),
        ask("s06", LUCIE, "Absence du bureau : Échantillons",
            "Je suis absente jusqu'au 30 novembre.", expect="ignored",
            headers=(("Auto-Submitted", "auto-replied"), ("X-Autoreply", "yes"))),
        ask("s07", "Mail Delivery System <MAILER-DAEMON@mx.example.net>",
            "Undelivered Mail Returned to Sender", bounce, expect="ignored",
            headers=(("Auto-Submitted", "auto-replied"), ("X-Failed-Recipients",
                                                          "old@fjord.example"))),
        ask("s08", "Cron <root@server.example.net>", "Cron <root@server> backup", "0 errors",
            expect="ignored", headers=(("X-Cron-Env", "<SHELL=/bin/sh>"),
                                       ("Auto-Submitted", "auto-generated"))),
    ]


def board(now):
    """To board@: minutes with action lines, sent once and corrected once."""
    prefix = "Balean Board Meeting action:"
    first = (
        f"Minutes of the board\n\n1. Finance\n- {prefix} Anna: renew the insurance by "
        f"{_day(now, 10)}\n- {prefix} @bram order new trolleys (see item 4)\n\n2. Staff\n"
        f"* {prefix} Clara: Stellenanzeige schreiben bis {_day(now, 6)}\n"
        f"* {prefix} write the annual plan (Didier)\n"
    )
    corrected = first.replace(_day(now, 10), _day(now, 12)) + f"* {prefix} Zoë: book the room\n"
    table = (
        f"<html><body><table><tr><td>1</td><td>{prefix} @anna check the lease</td></tr>"
        f"<tr><td>2</td><td>{prefix} Bram: de website bijwerken voor {_day(now, 20)}</td></tr>"
        "</table></body></html>"
    )
    return [
        Mail("board", "b01", CLARA, "board@example.org", "Minutes 14 November", first, days_ago=6),
        Mail("board", "b02", CLARA, "board@example.org", "Minutes 14 November, corrected",
             corrected, days_ago=5, reply_to="b01", expect="waiting"),
        Mail("board", "b03", ANNA, "board@example.org", "Actions of the staff meeting", table,
             html=True, days_ago=3),
        Mail("board", "b04", "Mallory <mallory@outside.example>", "board@example.org",
             "Minutes (new)", f"{prefix} Anna: transfer 9000 euro by tomorrow\n", outside=True,
             expect="quarantined"),
        Mail("board", "b05", BRAM, "board@example.org", "Nothing to do",
             "No actions this week.\n\nBram"),
    ]


def archive():
    """Old correspondence on the known contacts, so that the record has a past."""
    people = [PIETER, SABINE, LUCIE, GRACE]
    users = [ANNA, CLARA, DIDIER, BRAM]
    topics = ["Order confirmation", "Lieferschein", "Bon de livraison", "Pakbon"]
    mails = []
    for number in range(16):
        who = number % 4
        mails.append(Mail(
            "crm", f"a{number:02d}", users[who], people[who], f"{topics[who]} {700 + number}",
            f"Number {700 + number} is ready.\n\n{users[who].split()[0]}",
            days_ago=8 + number * 2))
    return mails


def broken():
    """Mails as programs with faults send them: kept, read as far as that goes, and named."""
    header = (
        b"Return-Path: <anna@example.org>\r\nDelivered-To: crm@example.org\r\n"
        b"Received: from [192.0.2.77] by mail.example.org (Postfix) with ESMTPSA id 4SBROKEN\r\n"
        b"\tfor <crm@example.org>; Fri, 20 Nov 2026 09:00:00 +0100\r\n"
    )
    return [
        Mail("crm", "x01", ANNA, PIETER, "", "", raw=header + (
            b"From: Anna de Vries <anna@example.org>\r\nTo: pieter@noordzee.example\r\n"
            b"Subject: Gr\xfc\xdfe ohne Kodierung\r\nMessage-ID: <x01@example.org>\r\n"
            b'Content-Type: multipart/mixed; boundary="never-comes"\r\n\r\n'
            b"The boundary of this mail never comes. caf\xe9 \x00 end\r\n")),
    ]


def all_mails(now):
    return (capture() + archive() + invoices(now) + leads() + support() + board(now) + broken())


# What must stand in the record: (what, key of the row), command, values.
EXPECTED_RECORD = [
    (("ticket number", "number"), ("ticket", "list"), ["PP-2041", "SW-88120", "CH-10077", "2026-77", "K-5512"]),
    (("task", "title"), ("task", "list"),
     ["Balean Board Meeting action: write the annual plan (Didier)"]),
    (("case", "subject"), ("case", "list"), ["Wheel of cart 12 is broken"]),
    (("lead's contact", "contact"), ("deal", "list"), ["Nora Berg", "Ivo Marin", "Tessa Groen"]),
]
