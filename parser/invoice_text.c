/* Labels of invoices in a text. Tables only: another language is rows. */
#include "parser/day.h"
#include "parser/invoice.h"
#include "parser/limits.h"
#include "parser/lines.h"
#include "parser/money.h"

#define LABELLED_SURE	 0.7
#define VAGUE_SURE	 0.5
#define IBAN_VALID_SURE	 0.95
#define IBAN_WRONG_SURE	 0.3
#define GAP_BYTES_MAX	 60 /* between a label and its value */
#define NUMBER_BYTES_MAX 30
#define READ_BYTES	 (64u << 10) /* an invoice in a mail is shorter than this */

enum invoice_field { FIELD_NUMBER, FIELD_ISSUE, FIELD_DUE, FIELD_TOTAL, FIELD_NET, FIELD_TAX };

static const struct label {
	struct span words;
	enum invoice_field field;
	double sure;
} labels[] = {
	{SPAN_INIT("invoice number"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("invoice no"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("invoice #"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("invoice id"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("credit note number"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("credit note no"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("rechnungsnummer"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("rechnungs-nr"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("rechnungsnr"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("rechnung nr"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("rechnung-nr"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("belegnummer"), FIELD_NUMBER, VAGUE_SURE},
	{SPAN_INIT("gutschriftsnummer"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("factuurnummer"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("factuur nr"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("factuurnr"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("creditnotanummer"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("numéro de facture"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("numéro de la facture"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("n° de facture"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("facture n°"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("facture no"), FIELD_NUMBER, LABELLED_SURE},
	{SPAN_INIT("invoice date"), FIELD_ISSUE, LABELLED_SURE},
	{SPAN_INIT("date of issue"), FIELD_ISSUE, LABELLED_SURE},
	{SPAN_INIT("rechnungsdatum"), FIELD_ISSUE, LABELLED_SURE},
	{SPAN_INIT("factuurdatum"), FIELD_ISSUE, LABELLED_SURE},
	{SPAN_INIT("date de facture"), FIELD_ISSUE, LABELLED_SURE},
	{SPAN_INIT("date de la facture"), FIELD_ISSUE, LABELLED_SURE},
	{SPAN_INIT("date de facturation"), FIELD_ISSUE, LABELLED_SURE},
	{SPAN_INIT("date d'émission"), FIELD_ISSUE, LABELLED_SURE},
	{SPAN_INIT("due date"), FIELD_DUE, LABELLED_SURE},
	{SPAN_INIT("payment due"), FIELD_DUE, LABELLED_SURE},
	{SPAN_INIT("pay by"), FIELD_DUE, LABELLED_SURE},
	{SPAN_INIT("payable by"), FIELD_DUE, LABELLED_SURE},
	{SPAN_INIT("due by"), FIELD_DUE, LABELLED_SURE},
	{SPAN_INIT("fällig am"), FIELD_DUE, LABELLED_SURE},
	{SPAN_INIT("fällig bis"), FIELD_DUE, LABELLED_SURE},
	{SPAN_INIT("fälligkeitsdatum"), FIELD_DUE, LABELLED_SURE},
	{SPAN_INIT("fälligkeit"), FIELD_DUE, LABELLED_SURE},
	{SPAN_INIT("zahlbar bis"), FIELD_DUE, LABELLED_SURE},
	{SPAN_INIT("vervaldatum"), FIELD_DUE, LABELLED_SURE},
	{SPAN_INIT("te betalen voor"), FIELD_DUE, LABELLED_SURE},
	{SPAN_INIT("te betalen vóór"), FIELD_DUE, LABELLED_SURE},
	{SPAN_INIT("uiterste betaaldatum"), FIELD_DUE, LABELLED_SURE},
	{SPAN_INIT("date d'échéance"), FIELD_DUE, LABELLED_SURE},
	{SPAN_INIT("échéance"), FIELD_DUE, LABELLED_SURE},
	{SPAN_INIT("à payer avant"), FIELD_DUE, LABELLED_SURE},
	{SPAN_INIT("amount due"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("total due"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("balance due"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("grand total"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("total amount"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("invoice total"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("invoice amount"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("gesamtbetrag"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("rechnungsbetrag"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("endbetrag"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("zu zahlen"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("gesamtsumme"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("bruttobetrag"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("totaalbedrag"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("te betalen bedrag"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("factuurbedrag"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("totaal incl"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("total ttc"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("montant total"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("net à payer"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("montant à payer"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("montant ttc"), FIELD_TOTAL, LABELLED_SURE},
	{SPAN_INIT("total"), FIELD_TOTAL, VAGUE_SURE},
	{SPAN_INIT("totaal"), FIELD_TOTAL, VAGUE_SURE},
	{SPAN_INIT("summe"), FIELD_TOTAL, VAGUE_SURE},
	{SPAN_INIT("betrag"), FIELD_TOTAL, VAGUE_SURE},
	{SPAN_INIT("subtotal"), FIELD_NET, LABELLED_SURE},
	{SPAN_INIT("sub-total"), FIELD_NET, LABELLED_SURE},
	{SPAN_INIT("nettobetrag"), FIELD_NET, LABELLED_SURE},
	{SPAN_INIT("zwischensumme"), FIELD_NET, LABELLED_SURE},
	{SPAN_INIT("subtotaal"), FIELD_NET, LABELLED_SURE},
	{SPAN_INIT("totaal excl"), FIELD_NET, LABELLED_SURE},
	{SPAN_INIT("total ht"), FIELD_NET, LABELLED_SURE},
	{SPAN_INIT("vat"), FIELD_TAX, VAGUE_SURE},
	{SPAN_INIT("mwst"), FIELD_TAX, VAGUE_SURE},
	{SPAN_INIT("ust"), FIELD_TAX, VAGUE_SURE},
	{SPAN_INIT("btw"), FIELD_TAX, VAGUE_SURE},
	{SPAN_INIT("tva"), FIELD_TAX, VAGUE_SURE},
};

static const struct kind_word {
	struct span words;
	enum facts_invoice_kind kind;
} kind_words[] = {
	/* the first that stands in the text decides: a reminder names the invoice too */
	{SPAN_INIT("payment reminder"), INVOICE_REMINDER},
	{SPAN_INIT("overdue"), INVOICE_REMINDER},
	{SPAN_INIT("zahlungserinnerung"), INVOICE_REMINDER},
	{SPAN_INIT("mahnung"), INVOICE_REMINDER},
	{SPAN_INIT("betalingsherinnering"), INVOICE_REMINDER},
	{SPAN_INIT("aanmaning"), INVOICE_REMINDER},
	{SPAN_INIT("rappel de paiement"), INVOICE_REMINDER},
	{SPAN_INIT("relance"), INVOICE_REMINDER},
	{SPAN_INIT("credit note"), INVOICE_CREDIT_NOTE},
	{SPAN_INIT("credit memo"), INVOICE_CREDIT_NOTE},
	{SPAN_INIT("gutschrift"), INVOICE_CREDIT_NOTE},
	{SPAN_INIT("creditnota"), INVOICE_CREDIT_NOTE},
	{SPAN_INIT("creditfactuur"), INVOICE_CREDIT_NOTE},
	{SPAN_INIT("facture d'avoir"), INVOICE_CREDIT_NOTE},
	{SPAN_INIT("invoice"), INVOICE_INVOICE},
	{SPAN_INIT("rechnung"), INVOICE_INVOICE},
	{SPAN_INIT("factuur"), INVOICE_INVOICE},
	{SPAN_INIT("facture"), INVOICE_INVOICE},
};

static bool is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (unsigned char)byte >= 0x80;
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Dots, colons and white space between a label and its value. */
static struct span skip_gap(struct span text)
{
	size_t at = 0;

	while (at < text.size && at < GAP_BYTES_MAX && memchr(" \t.:=-|#*>", text.data[at], 10)) {
		if (text.data[at] == '-' && at + 1 < text.size && is_digit(text.data[at + 1]))
			break; /* a sign */
		at++;
	}
	return line_trim(span_after(text, at));
}

/* A word of letters, digits and marks that has a digit. */
static struct span number_at(struct span text)
{
	size_t end = 0, digits = 0;

	while (end < text.size && end < NUMBER_BYTES_MAX &&
		(is_digit(text.data[end]) || (text.data[end] > 0 && is_letter(text.data[end])) ||
			memchr("-/_.", text.data[end], 4))) {
		digits += is_digit(text.data[end]);
		end++;
	}
	while (end > 0 && memchr("-/_.", text.data[end - 1], 4))
		end--;
	return digits > 0 ? span_part(text, 0, end) : (struct span){0};
}

static void set_amount(
	struct facts_amount *amount, struct facts_invoice *invoice, struct span value, double sure)
{
	size_t taken;
	int64_t cents;
	struct span currency = money_currency(value, &taken);

	if (currency.size > 0)
		value = skip_gap(span_after(value, taken));
	if (!money_read(value, &cents, &taken))
		return;
	struct span behind = line_trim(span_after(value, taken));
	if (span_starts(behind, SPAN("%"))) { /* "VAT 21% 210.00" */
		set_amount(amount, invoice, skip_gap(span_after(behind, 1)), sure);
		return;
	}
	if (currency.size == 0)
		currency = money_currency(behind, &taken);
	/* a bare whole number behind a vague word is a quantity as well */
	if (sure < LABELLED_SURE && currency.size == 0 && cents % 100 == 0)
		return;
	if (amount->present && amount->confidence >= sure)
		return;
	*amount = (struct facts_amount){true, cents, sure};
	if (currency.size > 0 && invoice->currency.text.size == 0)
		invoice->currency = (struct facts_sure){currency, sure};
}

static void set_date(
	struct date *date, double *confidence, struct span value, struct date from, double sure)
{
	struct date day, other;
	size_t taken;
	struct date base = date_is_set(from) ? from : (struct date){2000, 1, 1};

	if (date_is_set(*date) || !day_read(value, base, &day, &taken))
		return;
	/* only what names its year: an invoice's date lies before the mail's */
	if (!day_read(value, date_add_days(base, -3653), &other, &taken) ||
		date_compare(day, other) != 0)
		return;
	*date = day;
	*confidence = sure;
}

static void take_value(struct facts_invoice *invoice, const struct label *label, struct span value,
	struct date from)
{
	switch (label->field) {
	case FIELD_NUMBER: {
		struct span number = number_at(value);

		if (number.size > 0 && invoice->number.confidence < label->sure)
			invoice->number = (struct facts_sure){number, label->sure};
		return;
	}
	case FIELD_ISSUE:
		set_date(&invoice->issue_date, &invoice->issue_date_confidence, value, from,
			label->sure);
		return;
	case FIELD_DUE:
		set_date(&invoice->due_date, &invoice->due_date_confidence, value, from,
			label->sure);
		return;
	case FIELD_TOTAL:
		set_amount(&invoice->total, invoice, value, label->sure);
		return;
	case FIELD_NET:
		set_amount(&invoice->net, invoice, value, label->sure);
		return;
	case FIELD_TAX:
		set_amount(&invoice->tax, invoice, value, label->sure);
		return;
	}
}

/* Which pairs of neighbouring bytes a line has; five bits a byte, so that case makes none new. */
struct pairs {
	uint64_t bits[16];
};

static unsigned pair_of(const char *bytes)
{
	return ((unsigned)bytes[0] & 31) << 5 | ((unsigned)bytes[1] & 31);
}

static bool has_pair(const struct pairs *pairs, const char *bytes)
{
	unsigned pair = pair_of(bytes);

	return pairs->bits[pair >> 6] >> (pair & 63) & 1;
}

static void read_pairs(struct span line, struct pairs *pairs)
{
	*pairs = (struct pairs){0};
	for (size_t i = 0; i + 1 < line.size; i++) {
		unsigned pair = pair_of(line.data + i);

		pairs->bits[pair >> 6] |= (uint64_t)1 << (pair & 63);
	}
}

/* False for nearly every label that the line has not, without a search of the line. */
static bool may_have(const struct pairs *pairs, struct span words)
{
	return words.size < 2 ||
	       (has_pair(pairs, words.data) && has_pair(pairs, words.data + words.size / 2 - 1) &&
		       has_pair(pairs, words.data + words.size - 2));
}

/* All labels of a line; the value stands behind them, or below when nothing does. */
static void read_line(
	struct facts_invoice *invoice, struct span line, struct span below, struct date from)
{
	struct pairs pairs;

	read_pairs(line, &pairs);
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		if (!may_have(&pairs, labels[i].words))
			continue;
		ptrdiff_t at = span_find_fold(line, labels[i].words);
		size_t end;

		if (at < 0 || (at > 0 && is_letter(line.data[at - 1])))
			continue;
		end = (size_t)at + labels[i].words.size;
		if (end < line.size && is_letter(line.data[end]) && labels[i].sure < LABELLED_SURE)
			continue; /* "Totals", "Vater" */
		struct span value = skip_gap(span_after(line, end));
		take_value(invoice, &labels[i], value.size > 0 ? value : skip_gap(below), from);
	}
}

/* "IBAN: DE02 1203 0000 …" anywhere in the line. */
static void read_iban(struct facts_invoice *invoice, struct arena *arena, struct span line)
{
	ptrdiff_t at = span_find_fold(line, SPAN("iban"));

	if (at < 0 || invoice->iban.text.size > 0)
		return;
	struct span value = skip_gap(span_after(line, (size_t)at + 4));
	/* groups of four; the longest beginning with right check digits */
	struct span best = {0};
	for (size_t end = 15; end <= value.size && end <= 45; end++) {
		struct span iban = iban_clean(arena, span_part(value, 0, end));

		if (iban.size > 0 && iban_is_valid(iban))
			best = iban;
	}
	if (best.size > 0)
		invoice->iban = (struct facts_sure){best, IBAN_VALID_SURE};
}

static bool has_number_label(struct span text, struct span stem)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (labels[i].field == FIELD_NUMBER && span_find(labels[i].words, stem) >= 0 &&
			span_find_fold(text, labels[i].words) >= 0)
			return true;
	return false;
}

/*
 * An invoice has a number, and each label of a number has one of these stems: most mails have none,
 * most others only speak of an invoice, and both are quickly seen.
 */
static bool may_be_invoice(struct span text)
{
	static const struct span stems[] = {SPAN_INIT("invoice"), SPAN_INIT("credit"),
		SPAN_INIT("rechnung"), SPAN_INIT("beleg"), SPAN_INIT("gutschrift"),
		SPAN_INIT("factu")};

	for (size_t i = 0; i < sizeof(stems) / sizeof(stems[0]); i++)
		if (span_find_fold(text, stems[i]) >= 0 && has_number_label(text, stems[i]))
			return true;
	return false;
}

bool invoice_from_text(
	struct span text, struct date from, struct arena *arena, struct facts_invoice *invoice)
{
	struct span read = span_part(text, 0, READ_BYTES);
	bool named = false;

	*invoice = (struct facts_invoice){.source = INVOICE_TEXT};
	if (!may_be_invoice(read))
		return false;
	for (size_t i = 0; i < sizeof(kind_words) / sizeof(kind_words[0]) && !named; i++) {
		named = span_find_fold(read, kind_words[i].words) >= 0;
		invoice->kind = kind_words[i].kind;
	}
	if (!named)
		return false;
	struct lines lines = lines_of(arena, read);
	for (size_t i = 0; i < lines.count; i++) {
		struct span below = i + 1 < lines.count ? lines.items[i + 1] : (struct span){0};

		read_line(invoice, lines.items[i], below, from);
		read_iban(invoice, arena, lines.items[i]);
	}
	return invoice->number.text.size > 0 &&
	       (invoice->total.present || invoice->iban.text.size > 0);
}
