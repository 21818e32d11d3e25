#include "ingest/bill.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/text.h"
#include "ingest/record.h"

/* Invoices of one mail; a real one has one, a collective one some dozens. */
#define BILLS_MAX 100

static bool is_certain(const struct facts_invoice *invoice, double confidence)
{
	return invoice->source != INVOICE_TEXT || confidence >= BILL_CERTAIN;
}

static struct span certain(const struct facts_invoice *invoice, const struct facts_sure *sure)
{
	return is_certain(invoice, sure->confidence) ? sure->text : (struct span){0};
}

/* Without the blanks, dots and dashes that people put between. */
static struct span number_key(struct arena *arena, struct span number)
{
	struct span folded = text_fold(arena, number);
	char *key = arena_alloc(arena, folded.size + 1);
	size_t size = 0;
	for (size_t i = 0; i < folded.size; i++) {
		if (!strchr(" .-_/", folded.data[i]))
			key[size++] = folded.data[i];
	}
	return (struct span){key, size};
}

static bool same_bill(
	struct arena *arena, const struct bill *bill, const struct facts_invoice *other)
{
	struct span a = bill->invoice->number.text, b = other->number.text;
	if (a.size && b.size)
		return span_equal(number_key(arena, a), number_key(arena, b));
	/* One that has no number is the readable half of the other, unless the sums contradict. */
	return !bill->invoice->total.present || !other->total.present ||
	       bill->invoice->total.cents == other->total.cents;
}

static void bill_merge(struct bill *bill, const struct facts_invoice *invoice)
{
	bill->reminder = bill->reminder || invoice->kind == INVOICE_REMINDER;
	if (!bill->number.size)
		bill->number = certain(invoice, &invoice->number);
	if (!bill->iban.size)
		bill->iban = certain(invoice, &invoice->iban);
	if (!bill->preceding.size)
		bill->preceding = certain(invoice, &invoice->preceding);
	if (!bill->vat_id.size)
		bill->vat_id = invoice->seller.vat_id;
}

static struct bill bill_of(const struct facts_invoice *invoice)
{
	static const struct digest none;
	struct bill bill = {.invoice = invoice, .document = invoice->document};
	bill.has_document = !digest_equal(&invoice->document, &none);
	bill_merge(&bill, invoice);
	return bill;
}

static bool attachment_is_document(const struct facts_attachment *attachment)
{
	return !attachment->decorative &&
	       (span_ends_fold(attachment->filename, SPAN(".pdf")) ||
		       span_ends_fold(attachment->filename, SPAN(".xml")) ||
		       span_equal(attachment->content_type, SPAN("application/pdf")));
}

bool bill_may_be_attached(const struct facts *facts)
{
	for (size_t i = 0; i < facts->attachment_count; i++) {
		if (attachment_is_document(&facts->attachments[i]))
			return true;
	}
	return false;
}

/* Nothing could be read: the only document there is, if there is only one. */
static struct bill bill_unread(const struct facts *facts)
{
	struct bill bill = {0};
	size_t documents = 0;
	for (size_t i = 0; i < facts->attachment_count; i++) {
		if (!attachment_is_document(&facts->attachments[i]))
			continue;
		documents++;
		bill.document = facts->attachments[i].sha256;
	}
	bill.has_document = documents == 1;
	return bill;
}

static void bills_collect(struct mail *mail, enum facts_invoice_source source, bool orders,
	struct bill *bills, size_t *count)
{
	const struct facts *facts = mail->facts;
	for (size_t i = 0; i < facts->invoice_count && *count < BILLS_MAX; i++) {
		const struct facts_invoice *invoice = &facts->invoices[i];
		if (invoice->source != source || (invoice->kind == INVOICE_ORDER) != orders)
			continue;
		size_t known = 0;
		while (known < *count && !same_bill(mail->arena, &bills[known], invoice))
			known++;
		if (known < *count)
			bill_merge(&bills[known], invoice);
		else
			bills[(*count)++] = bill_of(invoice);
	}
}

void bill_list(struct mail *mail, struct bill **bills, size_t *count)
{
	/* The surest source first: it supplies the fields. */
	static const enum facts_invoice_source sources[] = {INVOICE_UBL, INVOICE_CII, INVOICE_TEXT};
	*bills = arena_array(mail->arena, struct bill, BILLS_MAX);
	*count = 0;
	for (size_t s = 0; s < ARRAY_COUNT(sources); s++)
		bills_collect(mail, sources[s], false, *bills, count);
	/* An order beside its invoice is no ticket of its own. */
	for (size_t s = 0; s < ARRAY_COUNT(sources) && *count == 0; s++)
		bills_collect(mail, sources[s], true, *bills, count);
	if (*count == 0)
		(*bills)[(*count)++] = bill_unread(mail->facts);
}

static int64_t signed_cents(const struct facts_invoice *invoice, int64_t cents)
{
	return invoice->kind == INVOICE_CREDIT_NOTE && cents > 0 ? -cents : cents;
}

static void amount_fill(const struct facts_invoice *invoice, const struct facts_amount *amount,
	bool *has, int64_t *cents)
{
	*has = amount->present &&
	       (invoice->source != INVOICE_TEXT || amount->confidence >= BILL_SHOWN);
	*cents = *has ? signed_cents(invoice, amount->cents) : 0;
}

static struct date date_shown(
	const struct facts_invoice *invoice, struct date date, double confidence)
{
	return invoice->source != INVOICE_TEXT || confidence >= BILL_SHOWN ? date
									   : (struct date){0};
}

static struct span kind_of(const struct bill *bill)
{
	if (bill->invoice && bill->invoice->kind == INVOICE_CREDIT_NOTE)
		return SPAN("credit-note");
	if (bill->invoice && bill->invoice->kind == INVOICE_ORDER)
		return SPAN("order");
	return SPAN("invoice");
}

void bill_fill(const struct mail *mail, const struct bill *bill, struct ticket *ticket)
{
	const struct facts_invoice *invoice = bill->invoice;
	ticket->direction = SPAN("payable");
	ticket->kind = kind_of(bill);
	ticket->number = bill->number;
	ticket->iban = bill->iban;
	if (invoice && invoice->kind == INVOICE_CREDIT_NOTE)
		ticket->preceding = bill->preceding;
	ticket->has_document = bill->has_document;
	ticket->document = bill->document;
	ticket->title = record_title(mail);
	if (!invoice)
		return;
	ticket->currency = invoice->currency.text;
	ticket->issue_date =
		date_shown(invoice, invoice->issue_date, invoice->issue_date_confidence);
	ticket->due_date = date_shown(invoice, invoice->due_date, invoice->due_date_confidence);
	amount_fill(invoice, &invoice->net, &ticket->has_net, &ticket->net_cents);
	amount_fill(invoice, &invoice->tax, &ticket->has_tax, &ticket->tax_cents);
	amount_fill(invoice, &invoice->total, &ticket->has_total, &ticket->total_cents);
	amount_fill(invoice, &invoice->payable, &ticket->has_payable, &ticket->payable_cents);
	if (!ticket->has_payable && ticket->has_total) {
		ticket->has_payable = true;
		ticket->payable_cents = ticket->total_cents;
	}
}

static bool iban_equal(struct arena *arena, struct span a, struct span b)
{
	return span_equal(number_key(arena, a), number_key(arena, b));
}

static struct span cents_text(struct arena *arena, int64_t cents)
{
	return arena_format(arena, "%s%" PRId64 ".%02" PRId64, cents < 0 ? "-" : "",
		(int64_t)llabs(cents) / 100, (int64_t)llabs(cents) % 100);
}

struct span bill_contradicts(
	struct arena *arena, const struct bill *bill, const struct ticket *ticket)
{
	const struct facts_invoice *invoice = bill->invoice;
	if (!invoice)
		return (struct span){0};
	if (bill->iban.size && ticket->iban.size && !iban_equal(arena, bill->iban, ticket->iban))
		return arena_format(arena,
			"another IBAN under the same number: %.*s instead of %.*s",
			SPAN_ARG(bill->iban), SPAN_ARG(ticket->iban));
	const struct facts_amount *payable =
		invoice->payable.present ? &invoice->payable : &invoice->total;
	if (!payable->present || !ticket->has_payable ||
		!is_certain(invoice, payable->confidence) ||
		signed_cents(invoice, payable->cents) == ticket->payable_cents)
		return (struct span){0};
	return arena_format(arena, "another amount under the same number: %.*s instead of %.*s",
		SPAN_ARG(cents_text(arena, signed_cents(invoice, payable->cents))),
		SPAN_ARG(cents_text(arena, ticket->payable_cents)));
}
