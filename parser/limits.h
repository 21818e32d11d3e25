/*
 * limits.h - every cap of the parser and why it stands there. Reaching one is a named defect of
 * the mail (docs/decisions/006-parser.md): what could be read is used, the raw mail is kept whole.
 */
#ifndef PARSER_LIMITS_H
#define PARSER_LIMITS_H

/* The largest mail that is fetched (limits.message): beyond it only the header is kept. */
#define MESSAGE_BYTES_MAX (100u << 20)
/* A request frame holds the mail and the options. */
#define REQUEST_BYTES_MAX (MESSAGE_BYTES_MAX + (1u << 20))

/* Nobody reads more; search and quoting work on all of it. */
#define TEXT_BYTES_MAX (1u << 20)
/* HTML of one body: mark-up is often ten times the text, and nobody writes 400 KB of it. */
#define HTML_BYTES_MAX (4u << 20)
/* Lines of a text that are told apart; what stands behind them is one more line. */
#define LINES_MAX 65536
/* How deep elements may lie in one another before the rest is read flat. */
#define HTML_NESTING_MAX 200
/* The invisible and the written in one table cell or link label. */
#define HTML_LINK_BYTES_MAX 2048

/* Real headers have 2 to 20 KB; mailing lists and gateways reach 60 KB. */
#define HEADER_BYTES_MAX (256u << 10)
#define FIELDS_MAX	 1000
/* What is kept of one field in facts.fields; DKIM and ARC fields have up to 3 KB. */
#define FIELD_VALUE_BYTES_MAX (16u << 10)
/* Lines before the first field that are taken for junk of a gateway or an mbox. */
#define JUNK_LINES_MAX 20

/* The largest honest mails (digests, photo reports) have a few hundred parts. One million empty
 * parts took GMime 1.31 GB. */
#define PARTS_MAX 1000
/* "--" lines that need no closer look: far more than parts, since diffs have them too. */
#define DASH_LINES_MAX 4000
/* Boundaries that are told apart when a closer look is needed. */
#define BOUNDARIES_MAX 1000
/* RFC 2046 section 5.1.1 allows 70; some programs write more. */
#define BOUNDARY_BYTES_MAX 250
/* Files in a winmail.dat and in one text (uuencode); parts together with what was unpacked. */
/* Markup and fonts around the text of a winmail.dat. */
#define RTF_BYTES_MAX	    (8u << 20)
#define TNEF_FILES_MAX	    200
#define UUENCODED_FILES_MAX 50
#define UNPACKED_PARTS_MAX  (2 * PARTS_MAX)
/* A signature in a winmail.dat in a signature: each level copies the rest. */
#define UNPACK_NESTING_MAX 4
/* Text of forwards inside forwards that is looked through, all together. */
#define DESCENT_BYTES_MAX (2u << 20)
/* What is unpacked of one mail by and by, of mails in mails in base64, say: beyond, it stays as it
 * is. */
#define UNPACKED_BYTES_MAX ((size_t)16 << 20)
/* Text of a multipart in which no part was found, which may be looked through once more. */
#define UNREAD_BYTES_MAX ((size_t)4 << 20)
/* Before the first and behind the last part; nobody reads it, and GMime would keep it. */
#define AROUND_PARTS_BYTES_MAX ((size_t)64 << 10)
/* Forwards of forwards: five is a lot. */
#define NESTING_MAX 50
/* A Content-Type with its parameters (RFC 2231 file names in many pieces). */
#define PARAMETER_BYTES_MAX (8u << 10)

/* One Content- field of a part with its folded lines. */
#define PART_FIELD_BYTES_MAX (32u << 10)
/* GMime compares each parameter of a field with all others: squares of what a field has above the
 * usual, summed over the mail. */
#define PARAMETERS_USUAL      20
#define PARAMETER_SQUARES_MAX 16000000u

/* Colons in an address field: "group: a@b;" has one, an address of IPv6 seven. */
#define GROUPS_MAX 100
/* One list; a mail to more people than this is bulk mail. */
#define ADDRESSES_MAX 1000
/* Bytes of one address field that are read: 1,000 addresses of 100 bytes. */
#define ADDRESS_FIELD_BYTES_MAX (100u << 10)
/* RFC 5321 section 4.5.3.1: 64 + 1 + 255; some more for what is wrong but known. */
#define ADDRESS_BYTES_MAX 512
#define NAME_BYTES_MAX	  512
/* Comments inside comments: nobody writes two, and libraries recurse on them. */
#define PARENTHESES_MAX 32
/* RFC 5322 has no limit; threads of years reach 100. */
#define REFERENCES_MAX	       200
#define MESSAGE_ID_BYTES_MAX   998
#define SUBJECT_BYTES_MAX      (4u << 10)
#define RECEIVED_MAX	       100
#define AUTHENTICATION_MAX     100
#define ENVELOPE_ADDRESSES_MAX 20

/* Most file systems allow 255. */
#define FILENAME_BYTES_MAX 255
/* An inline picture below this is a logo, an icon or a signature's photo. */
#define DECORATIVE_BYTES_MAX (20u << 10)
/* A picture that the HTML shows is decoration up to here when it says so by its name. */
#define DECORATIVE_NAMED_BYTES_MAX (100u << 10)

/* Calendars in a mail: libical crashes on 20,000 levels and is slow on lines of megabytes. */
#define CALENDAR_BYTES_MAX	 (256u << 10)
#define CALENDAR_LINES_MAX	 4000
#define CALENDAR_NESTING_MAX	 4
#define CALENDAR_VALUE_BYTES_MAX 1000
#define INVITES_MAX		 100
#define ATTENDEES_MAX		 1000
/* Real zones have two rules a year since 1970 at most; a rule has 40 bytes. */
#define ZONE_OBSERVANCES_MAX 400
#define ZONE_RULE_BYTES_MAX  120

#define REQUESTS_MAX	 20
#define ACTIONS_MAX	 500
#define ACTION_BYTES_MAX 1000
#define BOUNCED_MAX	 200
#define INVOICES_MAX	 50
/* Of a text that is searched for labels: thirty pages. */
#define INVOICE_TEXT_BYTES_MAX (256u << 10)
#define DEFECTS_MAX	       32

/* White space and quotes in one tag of HTML or XML, as a bound on its attributes. */
#define MARKUP_GAPS_MAX 2000
/* libxml2 compares each attribute with all others of its tag: squares of what a tag has above the
 * usual, summed over the document. */
#define MARKUP_GAPS_USUAL	100
#define MARKUP_GAPS_SQUARES_MAX 16000000u
/* An e-invoice: the largest samples have 0.5 MB; what hangs inside makes some larger. */
#define XML_BYTES_MAX	(8u << 20)
#define XML_NESTING_MAX 100
/* 3,000 lines of an invoice; an element takes some 100 bytes. */
#define XML_ELEMENTS_MAX 120000u
/* Of one element; attachments in an e-invoice are base64 in one element and not wanted. */
#define XML_TEXT_BYTES_MAX (64u << 10)

/* A PDF that is searched for embedded files, and all of one mail together. */
#define PDF_BYTES_MAX (10u << 20)
/*
 * Larger ones, together, are not repaired: where its table of objects is spoilt, qpdf looks for
 * them in all the bytes, up to half a second a MiB.
 */
#define PDF_REPAIRED_BYTES_MAX (1u << 20)
/* Lines times bytes of a PDF that is repaired: half a second at the worst. */
#define PDF_REPAIR_STEPS_MAX 200000000u
/* What qpdf may take for it; streams inside it can be made to unpack to anything. */
#define QPDF_MEMORY_BYTES ((size_t)24 << 20)
/* All files inside it together, unpacked. */
#define PDF_FILES_BYTES_MAX (4u << 20)
#define PDF_FILES_MAX	    20
/* A PDF whose text is read: invoices have 20 KB to 2 MB, scanned minutes more. */
#define PDF_TEXT_SOURCE_BYTES_MAX (20u << 20)
#define PDF_TEXT_BYTES_MAX	  (1u << 20)
/* PDFs of one mail that are read, and pages of one: 0.2 s for the worst of the samples. */
#define PDF_TEXTS_MAX 10
#define PDF_PAGES_MAX 30
/* Of pdftotext; RLIMIT_CPU has whole seconds. */
#define PDF_CPU_SECONDS	 1
#define PDF_MEMORY_BYTES ((size_t)512 << 20)
/* Above the time after which postroom-pdf gives a PDF up. */
#define PDF_ANSWER_SECONDS 20
/* A text in base64 or quoted-printable that is searched for uuencoded files. */
#define ENCODED_TEXT_BYTES_MAX (4u << 20)
/* Attached texts that are searched for actions, all together. */
#define ATTACHED_TEXT_BYTES_MAX (4u << 20)

/* CPU of one message: one second, and one more for each so many bytes of a big one. */
#define MESSAGE_CPU_SECONDS 1
/* What a sanitizer costs: with it the same mail may take so many times as long. */
#define SANITIZED_SLOWER	 5
#define MESSAGE_BYTES_PER_SECOND (50u << 20)
/* Address space of the process: the largest mail raw, packed, decoded and as facts. */
#define PARSER_MEMORY_BYTES ((size_t)1 << 30)

#endif
