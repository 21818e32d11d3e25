/*
 * What a text says of an invoice: of the candidates that its labels give, those that fit one
 * another. A value is sure (0.8 or more) only when something else in the document proves it.
 */
#include "base/text.h"
#include "parser/invoice_bank.h"
#include "parser/invoice_reading.h"
#include "parser/limits.h"

/* Letters and digits alone, small. */
static struct span squeeze(struct arena *arena, struct span text)
{
	struct span folded = text_fold(arena, text);
	char *out = arena_alloc(arena, folded.size + 1);
	size_t size = 0;

	for (size_t i = 0; i < folded.size; i++)
		if (paper_is_digit(folded.data[i]) ||
			(folded.data[i] >= 'a' && folded.data[i] <= 'z'))
			out[size++] = folded.data[i];
	return (struct span){out, size};
}

static void choose_number(struct reading *reading)
{
	const struct candidate *best = candidate_best(&reading->numbers);
	struct facts_sure *number = &reading->invoice->number;

	if (!best)
		return;
	*number = (struct facts_sure){best->text, confidence_of(best->score)};
	struct span key = squeeze(reading->arena, best->text);
	struct span hint = squeeze(reading->arena, reading->options->hint);
	if (key.size < 4 || span_find(hint, key) < 0)
		return;
	/* "Facture 2026-77" is a weak label; on a document, a subject or file name that says the
	 * same makes up for it. In a mail's own words it would make an answer an invoice. */
	if (best->score >= SCORE_SURE)
		number->confidence = NAMED;
	else if (reading->options->is_document && number->confidence < NAMED_WEAKLY)
		number->confidence = NAMED_WEAKLY;
}

/* ---------------------------------------------------------------- one document */

static struct facts_sure text_of(struct reading *reading, enum invoice_field field)
{
	struct candidates found;

	candidates_read(
		reading->paper, reading->claims, reading->first, reading->end, field, &found);
	const struct candidate *best = candidate_best(&found);
	return best && best->score > LABEL_NOUN
		       ? (struct facts_sure){best->text, confidence_of(best->score)}
		       : (struct facts_sure){0};
}

static void read_fields(struct reading *reading)
{
	static const enum invoice_field fields[] = {FIELD_NUMBER, FIELD_ISSUE, FIELD_DUE,
		FIELD_TOTAL, FIELD_PAYABLE, FIELD_NET, FIELD_TAX};
	struct candidates *lists[] = {&reading->numbers, &reading->issues, &reading->dues,
		&reading->totals, &reading->payables, &reading->nets, &reading->taxes};

	for (size_t i = 0; i < ARRAY_COUNT(fields); i++)
		candidates_read(reading->paper, reading->claims, reading->first, reading->end,
			fields[i], lists[i]);
}

static void read_document(struct reading *reading)
{
	struct facts_invoice *invoice = reading->invoice;

	read_fields(reading);
	choose_number(reading);
	invoice_days_read(reading);
	invoice_sums_read(reading);
	invoice->order_reference = text_of(reading, FIELD_ORDER);
	invoice->payment_reference = text_of(reading, FIELD_PAYMENT);
	invoice->preceding = text_of(reading, FIELD_PRECEDING);
	/* "Reminder for invoice 4711" names no other */
	if (invoice->number.text.size == 0 && invoice->kind != INVOICE_CREDIT_NOTE) {
		invoice->number = invoice->preceding;
		invoice->preceding = (struct facts_sure){0};
	}
	struct facts_sure reference = text_of(reading, FIELD_REFERENCE);
	invoice->buyer.reference =
		reference.text.size > 0 ? reference.text : text_of(reading, FIELD_CUSTOMER).text;
	invoice_bank_read(reading->arena, reading->paper, reading->claims, reading->first,
		reading->end, invoice);
}

/* A number that says nothing about a sum or an account is no invoice. */
static bool is_invoice(const struct facts_invoice *invoice, bool is_document)
{
	bool sum = invoice->total.present || invoice->payable.present;

	if (is_document)
		return (invoice->number.text.size > 0 && sum) ||
		       (sum && invoice->total.confidence > GUESSED &&
			       date_is_set(invoice->issue_date));
	return invoice->number.confidence >= confidence_of(LABEL_CLEAR) - 0.01 &&
	       (sum || invoice->iban.text.size > 0);
}

/* ---------------------------------------------------------------- several in one text */

/* The surest number of rows [first, end), if a strong label gives it. */
static struct span number_of_page(struct reading *reading, size_t first, size_t end)
{
	candidates_read(
		reading->paper, reading->claims, first, end, FIELD_NUMBER, &reading->numbers);
	const struct candidate *best = candidate_best(&reading->numbers);

	return best && best->score >= SCORE_SURE && best->is_bill ? best->text : (struct span){0};
}

/* The first row of the next page behind `row` on which another invoice's number stands. */
static size_t document_end(struct reading *reading, size_t first)
{
	const struct paper *paper = reading->paper;
	struct span number = {0};
	size_t r = first;

	while (r < paper->count) {
		size_t end = r;

		while (end < paper->count && paper->rows[end].page == paper->rows[r].page)
			end++;
		struct span other = number_of_page(reading, r, end);
		if (number.size > 0 && other.size > 0 && !span_equal(number, other))
			return r;
		if (number.size == 0)
			number = other;
		r = end;
	}
	return paper->count;
}

/* Words of a mail need a number beside a clear label (is_invoice); weaker ones get no such score.
 */
static bool may_have_number(const struct invoice_claims *claims)
{
	for (size_t i = 0; i < claims->count; i++)
		if (claims->items[i].field == FIELD_NUMBER &&
			claims->items[i].weight >= LABEL_CLEAR)
			return true;
	return false;
}

size_t invoices_from_text(struct span text, const struct invoice_text_options *options,
	struct arena *arena, struct facts_invoice *invoices, size_t most)
{
	struct span read = span_part(text, 0, INVOICE_TEXT_BYTES_MAX);
	enum facts_invoice_kind kind;
	size_t count = 0, first = 0;

	/* most mails that speak of an invoice are none */
	if (!options->is_document && !invoice_has_number_label(arena, read))
		return 0;
	struct paper paper = paper_read(arena, read);
	struct invoice_claims claims = invoice_claims_read(arena, &paper);
	if (!options->is_document && !may_have_number(&claims))
		return 0;
	if (!invoice_kind_read(&paper, &claims, !options->is_document, &kind))
		return 0;
	struct reading *reading = arena_alloc(arena, sizeof *reading);
	while (first < paper.count && count < most) {
		*reading = (struct reading){
			.paper = &paper, .claims = &claims, .options = options, .arena = arena};
		reading->first = first;
		reading->end = options->is_document ? document_end(reading, first) : paper.count;
		reading->invoice = &invoices[count];
		invoices[count] = (struct facts_invoice){.source = INVOICE_TEXT, .kind = kind};
		read_document(reading);
		count += is_invoice(&invoices[count], options->is_document);
		first = reading->end;
	}
	return count;
}
