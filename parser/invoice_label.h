/*
 * invoice_label.h - the words beside the values of an invoice, in the languages of the trade.
 * Tables only: another language is rows.
 */
#ifndef PARSER_INVOICE_LABEL_H
#define PARSER_INVOICE_LABEL_H

#include "base/arena.h"
#include "base/compiler.h"
#include "parser/facts.h"
#include "parser/paper.h"

enum invoice_field {
	FIELD_NUMBER,
	FIELD_ISSUE,
	FIELD_DUE,
	FIELD_TERMS,   /* "payment terms": so many days */
	FIELD_TOTAL,   /* with tax */
	FIELD_PAYABLE, /* what is left to be paid */
	FIELD_NET,
	FIELD_TAX,
	FIELD_ORDER,
	FIELD_CUSTOMER,	 /* the number that the supplier knows the customer by */
	FIELD_REFERENCE, /* the customer's own */
	FIELD_PAYMENT,	 /* to be quoted when paying */
	FIELD_PRECEDING, /* number of the invoice that this one credits or corrects */
	FIELD_VAT_ID,
	FIELD_OTHER, /* none of ours: its value is no value of another label */
};

/* How surely a value beside the words is the field's, in percent. */
#define LABEL_STRONG 100
#define LABEL_CLEAR  80
#define LABEL_VAGUE  55
#define LABEL_WEAK   30
#define LABEL_NOUN   35 /* "Invoice 4711": of a number, no word for it */

struct label_group {
	enum invoice_field field;
	int weight;
	const char *phrases; /* folded, with | between; a blank is none or some of " .-/'" */
};
extern const struct label_group label_groups[]; /* invoice_words.c */
extern const size_t label_group_count;

/* A label in a text. */
struct invoice_claim {
	uint32_t row, cell, from, to; /* columns */
	enum invoice_field field;
	int weight;
	bool is_bill; /* only invoices have it */
};

struct invoice_claims {
	struct invoice_claim *items; /* by row and column */
	size_t count, capacity;
	size_t *rows; /* rows[r]: the first of row r; rows[row count] is count */
};

/* A label of an invoice's number stands there; only lines that name an invoice are looked at. */
bool invoice_has_number_label(struct arena *arena, struct span text);
struct invoice_claims invoice_claims_read(struct arena *arena, const struct paper *paper);

/*
 * What the document says that it is, by its headings. `anywhere`: words of a mail have no headings,
 * so that words of reminders and credit notes count in every line. False when it says nothing.
 */
bool invoice_kind_read(const struct paper *paper, const struct invoice_claims *claims,
	bool anywhere, enum facts_invoice_kind *kind);

/* A line (a subject) speaks of a reminder. */
bool invoice_is_reminder(struct arena *arena, struct span line);
/* Where the stem of a word for invoices stands first; -1: the text speaks of none. */
ptrdiff_t invoice_named_at(struct span text);

#endif
