/*
 * facts.h - what one mail says, as the parser read it: the values of docs/explain.md before the
 * configuration and the record are asked. Facts are the only part of parser/ that other layers
 * know; they travel as bytes (facts_write, facts_read) and are stored as such.
 *
 * All spans are valid UTF-8 in NFC without NUL and lie in the arena that the facts were read or
 * made in. An absent value is the empty span, an absent list has count 0.
 */
#ifndef PARSER_FACTS_H
#define PARSER_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/span.h"

#define FACTS_FORMAT	  1 /* of the JSON: a key changed its meaning */
#define FACTS_WIRE_FORMAT 5 /* of the bytes at rest and between processes: any member changed */

struct facts_strings {
	struct span *items;
	size_t count;
};

struct facts_address {
	struct span name, address; /* address as written, without angle brackets */
};

struct facts_addresses {
	struct facts_address *items;
	size_t count;
};

struct facts_time {
	bool present;
	int64_t instant_ms;
	int offset_minutes; /* as the mail gave it */
};

struct facts_attachment {
	struct span filename, content_type; /* for display only; content_type in lower case */
	struct span content_id;
	struct span container; /* name or type of the attachment in which it lies; empty: none */
	uint64_t size_bytes;   /* decoded */
	struct digest sha256;  /* of the decoded bytes */
	bool is_inline, decorative;
};

enum facts_origin {
	ORIGIN_PERSON,
	ORIGIN_AUTO_REPLY,
	ORIGIN_BOUNCE,
	ORIGIN_LIST,
	ORIGIN_BULK,
	ORIGIN_SYSTEM,
};

struct facts_bounced {
	struct span address, status, reply_code, reason;
};

/* What an out-of-office note says; neither: nothing that can be read. */
struct facts_absence {
	struct date returns;
	struct span substitute; /* an address to write to instead */
};

/* One result of one Authentication-Results field (RFC 8601). */
struct facts_authentication {
	uint32_t field_index;				 /* of its field in facts.fields */
	struct span authserv_id, method, result, domain; /* domain: what the method vouches for */
	struct span property; /* "header.from", "smtp.mailfrom", "header.d": where domain stood */
};

/* One Received field (RFC 5321 section 4.4), topmost first. */
struct facts_received {
	uint32_t field_index;
	struct span from, by, with, for_address;
	struct facts_time at;
};

/* A header field of the outermost header, unfolded, decoded only to valid UTF-8. */
struct facts_field {
	struct span name, value;
};

/* A mail inside the mail, given on by a colleague. */
enum facts_forward_how { FORWARD_NONE, FORWARD_ATTACHED, FORWARD_INLINE };
struct facts_forwarded {
	enum facts_forward_how how;
	struct facts_address from;
	struct facts_addresses to, cc;
	struct span subject, date_text, text, note, message_id;
	struct facts_time date;
	double confidence; /* 0..1 */
};

/*
 * A tag of an address (product.md section 6) as written and as understood. The due day depends on
 * the reader's zone and the days off: request_due() computes it.
 */
enum request_when {
	REQUEST_NO_DATE,
	REQUEST_DAYS,
	REQUEST_WORKING_DAYS,
	REQUEST_WEEKS,
	REQUEST_MONTHS,
	REQUEST_YEARS,
	REQUEST_WEEKDAY,
	REQUEST_ON, /* a date of its own */
};
enum request_link { REQUEST_LINK_NONE, REQUEST_LINK_DEAL, REQUEST_LINK_TICKET, REQUEST_LINK_CASE };
struct facts_request {
	struct span tag;    /* "2w.to-anna", without the separator */
	struct span source; /* the whole address */
	enum request_when when;
	int amount;	  /* of days, weeks, … ; REQUEST_WEEKDAY: enum weekday */
	struct date on;	  /* REQUEST_ON */
	int hour, minute; /* -1: all day */
	struct span to;	  /* user name, empty: the sender */
	enum request_link link;
	uint32_t link_number;
	bool contract, done, keep, task;
	struct span error; /* not empty: what is wrong and what was probably meant */
};

/* A line of minutes that begins with the action prefix (product.md section 2). */
struct facts_action {
	struct span text;     /* with the prefix, without bullet and borders */
	struct span assignee; /* as written, empty: none */
	struct date due;
};

enum facts_invoice_source { INVOICE_UBL, INVOICE_CII, INVOICE_TEXT };
enum facts_invoice_kind { INVOICE_INVOICE, INVOICE_CREDIT_NOTE, INVOICE_REMINDER, INVOICE_ORDER };
struct facts_party {
	struct span name, vat_id, tax_id, address, reference;
};
struct facts_amount {
	bool present;
	int64_t cents; /* hundredths of the currency's unit */
	double confidence;
};
struct facts_sure { /* a text and how sure it is, 0..1 */
	struct span text;
	double confidence;
};
struct facts_invoice {
	enum facts_invoice_source source;
	enum facts_invoice_kind kind;
	struct span attachment; /* file name, empty: the body */
	struct digest document; /* SHA-256 of that attachment, zeros: the body */
	struct facts_sure number, currency, iban, bic, order_reference, payment_reference;
	struct facts_sure
		preceding; /* the invoice that it credits, corrects or reminds of (BT-25) */
	struct date issue_date, due_date;
	double issue_date_confidence, due_date_confidence;
	struct facts_amount net, tax, total, payable;
	struct facts_party seller, buyer;
	uint32_t lines;
};

struct facts_attendee {
	struct span address, status;
};
struct facts_invite {
	struct span uid, recurrence_id, method, summary, organizer, status, recurrence_rule;
	uint32_t sequence;
	int64_t stamp_ms;
	struct span zone;		  /* IANA name in which start and end were written */
	struct facts_time start, end;	  /* by the zone that the mail brought */
	struct date start_date, end_date; /* when all_day; RFC 5545: the end is the day behind */
	bool all_day, time_certain;
	struct facts_attendee *attendees;
	size_t attendee_count;
};

struct facts {
	struct span message_id; /* without angle brackets */
	struct facts_strings in_reply_to, references;
	struct facts_time date;
	struct facts_addresses from, reply_to, to, cc, bcc;
	struct facts_address sender; /* empty address: none */
	struct span subject;
	struct facts_strings
		envelope_to; /* above the first Received, outermost first, then its `for` */
	struct span text, reply_text, signature, language;
	bool has_html;
	struct facts_attachment *attachments;
	size_t attachment_count;
	enum facts_origin origin;
	struct facts_bounced *bounced;
	size_t bounced_count;
	struct facts_absence absence;
	struct facts_authentication *authentication;
	size_t authentication_count;
	struct facts_received *received;
	size_t received_count;
	struct facts_field *fields;
	size_t field_count;
	struct facts_strings defects;
	struct facts_forwarded forwarded;
	struct facts_invite *invites;
	size_t invite_count;
	struct facts_invoice *invoices;
	size_t invoice_count;
	struct facts_request *requests;
	size_t request_count;
	struct facts_action *actions;
	size_t action_count;
};

/*
 * Makes all text valid UTF-8 in NFC without NUL: parts of clean text that were put together need
 * not be.
 */
void facts_clean(struct facts *facts, struct arena *arena);
/* Appends the facts as bytes. */
void facts_write(const struct facts *facts, struct buffer *out);
/* The text of the mail within what facts_write wrote. */
struct span facts_written_text(struct span bytes);
/*
 * Reads what facts_write wrote; a parser that was taken over may have written anything, so every
 * count and enum is checked and all text is made valid. ERROR_INPUT when it does not fit. Spans
 * are copies in the arena.
 */
MUST_CHECK bool facts_read(
	struct span bytes, struct arena *arena, struct facts *facts, struct error *err);

/* "person", "auto-reply", …: the names of docs/explain.md. */
const char *facts_origin_name(enum facts_origin origin);
const char *facts_invoice_kind_name(enum facts_invoice_kind kind);
const char *facts_invoice_source_name(enum facts_invoice_source source);

/* The day of a time where the mail was written; not set when the time is absent. */
struct date facts_day(const struct facts_time *time);

/* The value of the first field of that name, empty when there is none. */
struct span facts_field(const struct facts *facts, struct span name);

#endif
