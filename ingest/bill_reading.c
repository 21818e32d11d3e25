#include "ingest/bill_reading.h"

#include <stdlib.h>

#include "ingest/stored_facts.h"

#define FIELDS_MAX 16

struct readings {
	struct bill_reading *rows;
	size_t count;
};

/* The ticket has the field: a row for it, which `take` fills from the documents. */
static struct bill_reading *add(struct readings *readings, const char *field, bool has)
{
	if (!has || readings->count >= FIELDS_MAX)
		return NULL;
	struct bill_reading *row = &readings->rows[readings->count++];
	*row = (struct bill_reading){.field = field};
	return row;
}

/* Of several documents that say the same the surest counts. */
static void take(struct bill_reading *row, const struct facts_invoice *invoice, double confidence)
{
	if (row->read && row->confidence >= confidence)
		return;
	row->read = true;
	row->source = invoice->source;
	row->attachment = invoice->attachment;
	row->confidence = confidence;
}

/* What a document says of one field of the ticket: the same, or nothing that counts. */
static void compare(
	struct bill_reading *row, const struct ticket *ticket, const struct facts_invoice *invoice)
{
	const struct {
		const char *field;
		struct span has;
		const struct facts_sure *read;
	} texts[] = {
		{"number", ticket->number, &invoice->number},
		{"preceding_invoice", ticket->preceding, &invoice->preceding},
		{"currency", ticket->currency, &invoice->currency},
		{"iban", ticket->iban, &invoice->iban},
	};
	const struct {
		const char *field;
		struct date has, read;
		double confidence;
	} dates[] = {
		{"issue_date", ticket->issue_date, invoice->issue_date,
			invoice->issue_date_confidence},
		{"due_date", ticket->due_date, invoice->due_date, invoice->due_date_confidence},
	};
	const struct {
		const char *field;
		int64_t has;
		const struct facts_amount *read;
	} amounts[] = {
		{"net", ticket->net_cents, &invoice->net},
		{"tax", ticket->tax_cents, &invoice->tax},
		{"total", ticket->total_cents, &invoice->total},
		{"payable", ticket->payable_cents, &invoice->payable},
		/* where nothing else was said the total is payable */
		{"payable", ticket->payable_cents, &invoice->total},
	};

	for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
		if (strcmp(row->field, texts[i].field) == 0 &&
			span_equal(texts[i].has, texts[i].read->text))
			take(row, invoice, texts[i].read->confidence);
	for (size_t i = 0; i < ARRAY_COUNT(dates); i++)
		if (strcmp(row->field, dates[i].field) == 0 && date_is_set(dates[i].read) &&
			date_compare(dates[i].has, dates[i].read) == 0)
			take(row, invoice, dates[i].confidence);
	for (size_t i = 0; i < ARRAY_COUNT(amounts); i++)
		if (strcmp(row->field, amounts[i].field) == 0 && amounts[i].read->present &&
			llabs(amounts[i].has) == llabs(amounts[i].read->cents))
			take(row, invoice, amounts[i].read->confidence);
}

/* A mail with several bills opens several tickets. */
static bool is_about(const struct facts_invoice *invoice, const struct ticket *ticket,
	size_t invoices, struct arena *arena)
{
	if (invoices == 1 ||
		(ticket->has_document && digest_equal(&invoice->document, &ticket->document)))
		return true;
	return ticket->number.size > 0 && span_equal(ticket_fold_number(arena, ticket->number),
						  ticket_fold_number(arena, invoice->number.text));
}

static bool opening_facts(struct db *db, int64_t ticket_id, struct arena *arena,
	struct facts *facts, bool *found, struct error *err)
{
	struct ticket_message *messages;
	size_t count;

	*found = false;
	if (!ticket_messages(db, ticket_id, arena, &messages, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (span_equal(messages[i].how, SPAN("opened")))
			return stored_facts_read(
				db, messages[i].message_id, arena, facts, found, err);
	return true;
}

bool bill_readings(struct db *db, const struct ticket *ticket, struct arena *arena,
	struct bill_reading **rows, size_t *count, struct error *err)
{
	struct readings readings = {arena_array(arena, struct bill_reading, FIELDS_MAX), 0};
	struct facts facts;
	bool found;
	const struct {
		const char *field;
		bool has;
	} fields[] = {
		{"number", ticket->number.size > 0},
		{"preceding_invoice", ticket->preceding.size > 0},
		{"issue_date", date_is_set(ticket->issue_date)},
		{"due_date", date_is_set(ticket->due_date)},
		{"net", ticket->has_net},
		{"tax", ticket->has_tax},
		{"total", ticket->has_total},
		{"payable", ticket->has_payable},
		{"currency", ticket->currency.size > 0},
		{"iban", ticket->iban.size > 0},
	};

	*rows = readings.rows;
	*count = 0;
	if (!opening_facts(db, ticket->id, arena, &facts, &found, err))
		return false;
	if (!found)
		return true;
	for (size_t f = 0; f < ARRAY_COUNT(fields); f++) {
		struct bill_reading *row = add(&readings, fields[f].field, fields[f].has);

		for (size_t i = 0; row && i < facts.invoice_count; i++)
			if (is_about(&facts.invoices[i], ticket, facts.invoice_count, arena))
				compare(row, ticket, &facts.invoices[i]);
	}
	*count = readings.count;
	return true;
}
