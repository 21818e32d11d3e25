/*
 * bill.h - the invoices of one mail: the XML and the PDF of one are one, several are several, and a
 * mail whose document can't be read is one all the same.
 */
#ifndef INGEST_BILL_H
#define INGEST_BILL_H

#include "ingest/state.h"
#include "store/ticket.h"

/*
 * What was read less surely than this is shown as a guess and decides nothing. A value behind its
 * label ("Rechnungsnummer: …") counts; one that only stands where such values stand does not.
 */
#define BILL_CERTAIN 0.7
/* Below it is not even shown. */
#define BILL_SHOWN 0.5

struct bill {
	const struct facts_invoice *invoice; /* the best source; NULL: nothing was read */
	struct span number, iban, vat_id;    /* certain ones only */
	struct span preceding; /* of a credit note: the invoice that it is for; certain only */
	bool reminder;
	bool has_document;
	struct digest document; /* that supplied the fields; else the only document there is */
};

/* At least one. In the mail's arena. */
void bill_list(struct mail *mail, struct bill **bills, size_t *count);

/* A document as bills are, read or not. */
bool bill_may_be_attached(const struct facts *facts);

/* The fields of the ticket that the document gives; amounts of a credit note are negative. */
void bill_fill(const struct mail *mail, const struct bill *bill, struct ticket *ticket);

/* Payable or IBAN of the bill that contradict the ticket, in words; empty: none. */
struct span bill_contradicts(
	struct arena *arena, const struct bill *bill, const struct ticket *ticket);

#endif
