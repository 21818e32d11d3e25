/* What a document says that it is. Words are folded as rows of paper.h are. */
#include <string.h>

#include "base/stems.h"
#include "parser/invoice_label.h"

#define HEADING_COLUMNS_MAX 48
#define HEADING_ROWS_MAX    60

static const struct kind_word {
	const char *words;
	enum facts_invoice_kind kind;
} kind_words[] = {
	{"payment reminder", INVOICE_REMINDER},
	{"friendly reminder", INVOICE_REMINDER},
	{"reminder", INVOICE_REMINDER},
	{"overdue notice", INVOICE_REMINDER},
	{"overdue invoice", INVOICE_REMINDER},
	{"invoice overdue", INVOICE_REMINDER},
	{"past due notice", INVOICE_REMINDER},
	{"final notice", INVOICE_REMINDER},
	{"dunning", INVOICE_REMINDER},
	{"zahlungserinnerung", INVOICE_REMINDER},
	{"erinnerung", INVOICE_REMINDER},
	{"mahnung", INVOICE_REMINDER},
	{"1. mahnung", INVOICE_REMINDER},
	{"2. mahnung", INVOICE_REMINDER},
	{"3. mahnung", INVOICE_REMINDER},
	{"letzte mahnung", INVOICE_REMINDER},
	{"zahlungsaufforderung", INVOICE_REMINDER},
	{"betalingsherinnering", INVOICE_REMINDER},
	{"herinnering", INVOICE_REMINDER},
	{"aanmaning", INVOICE_REMINDER},
	{"betaalherinnering", INVOICE_REMINDER},
	{"laatste herinnering", INVOICE_REMINDER},
	{"rappel de paiement", INVOICE_REMINDER},
	{"lettre de rappel", INVOICE_REMINDER},
	{"rappel", INVOICE_REMINDER},
	{"relance", INVOICE_REMINDER},
	{"mise en demeure", INVOICE_REMINDER},
	{"recordatorio de pago", INVOICE_REMINDER},
	{"sollecito di pagamento", INVOICE_REMINDER},
	{"sollecito", INVOICE_REMINDER},
	{"betalningspaminnelse", INVOICE_REMINDER},
	{"paminnelse", INVOICE_REMINDER},
	{"rykker", INVOICE_REMINDER},
	{"purring", INVOICE_REMINDER},
	{"wezwanie do zaplaty", INVOICE_REMINDER},
	{"upominka", INVOICE_REMINDER},
	{"credit note", INVOICE_CREDIT_NOTE},
	{"credit memo", INVOICE_CREDIT_NOTE},
	{"credit invoice", INVOICE_CREDIT_NOTE},
	{"creditnote", INVOICE_CREDIT_NOTE},
	{"rechnungskorrektur", INVOICE_CREDIT_NOTE},
	{"stornorechnung", INVOICE_CREDIT_NOTE},
	{"korrekturrechnung", INVOICE_CREDIT_NOTE},
	{"gutschrift", INVOICE_CREDIT_NOTE},
	{"creditnota", INVOICE_CREDIT_NOTE},
	{"creditfactuur", INVOICE_CREDIT_NOTE},
	{"credit factuur", INVOICE_CREDIT_NOTE},
	{"credit nota", INVOICE_CREDIT_NOTE},
	{"facture d'avoir", INVOICE_CREDIT_NOTE},
	{"note de credit", INVOICE_CREDIT_NOTE},
	{"avoir", INVOICE_CREDIT_NOTE},
	{"factura rectificativa", INVOICE_CREDIT_NOTE},
	{"nota de credito", INVOICE_CREDIT_NOTE},
	{"nota di credito", INVOICE_CREDIT_NOTE},
	{"nota de abono", INVOICE_CREDIT_NOTE},
	{"kreditfaktura", INVOICE_CREDIT_NOTE},
	{"kreditnota", INVOICE_CREDIT_NOTE},
	{"faktura korygujaca", INVOICE_CREDIT_NOTE},
	{"dobropis", INVOICE_CREDIT_NOTE},
	{"hyvityslasku", INVOICE_CREDIT_NOTE},
	{"order confirmation", INVOICE_ORDER},
	{"purchase order", INVOICE_ORDER},
	{"sales order", INVOICE_ORDER},
	{"quotation", INVOICE_ORDER},
	{"quote", INVOICE_ORDER},
	{"estimate", INVOICE_ORDER},
	{"proforma", INVOICE_ORDER},
	{"pro forma", INVOICE_ORDER},
	{"pro-forma", INVOICE_ORDER},
	{"proforma invoice", INVOICE_ORDER},
	{"delivery note", INVOICE_ORDER},
	{"packing slip", INVOICE_ORDER},
	{"packing list", INVOICE_ORDER},
	{"statement of account", INVOICE_ORDER},
	{"account statement", INVOICE_ORDER},
	{"auftragsbestatigung", INVOICE_ORDER},
	{"bestellbestatigung", INVOICE_ORDER},
	{"bestellung", INVOICE_ORDER},
	{"angebot", INVOICE_ORDER},
	{"kostenvoranschlag", INVOICE_ORDER},
	{"lieferschein", INVOICE_ORDER},
	{"proformarechnung", INVOICE_ORDER},
	{"kontoauszug", INVOICE_ORDER},
	{"saldenbestatigung", INVOICE_ORDER},
	{"orderbevestiging", INVOICE_ORDER},
	{"opdrachtbevestiging", INVOICE_ORDER},
	{"offerte", INVOICE_ORDER},
	{"bestelling", INVOICE_ORDER},
	{"bestelbon", INVOICE_ORDER},
	{"inkooporder", INVOICE_ORDER},
	{"pakbon", INVOICE_ORDER},
	{"rekeningoverzicht", INVOICE_ORDER},
	{"confirmation de commande", INVOICE_ORDER},
	{"bon de commande", INVOICE_ORDER},
	{"devis", INVOICE_ORDER},
	{"bon de livraison", INVOICE_ORDER},
	{"releve de compte", INVOICE_ORDER},
	{"presupuesto", INVOICE_ORDER},
	{"albaran", INVOICE_ORDER},
	{"preventivo", INVOICE_ORDER},
	{"conferma d'ordine", INVOICE_ORDER},
	{"ordrebekreftelse", INVOICE_ORDER},
	{"orderbekraftelse", INVOICE_ORDER},
	{"invoice", INVOICE_INVOICE},
	{"tax invoice", INVOICE_INVOICE},
	{"retail invoice", INVOICE_INVOICE},
	{"bill", INVOICE_INVOICE},
	{"receipt", INVOICE_INVOICE},
	{"billing statement", INVOICE_INVOICE},
	{"rechnung", INVOICE_INVOICE},
	{"abschlagsrechnung", INVOICE_INVOICE},
	{"schlussrechnung", INVOICE_INVOICE},
	{"quittung", INVOICE_INVOICE},
	{"factuur", INVOICE_INVOICE},
	{"kopie factuur", INVOICE_INVOICE},
	{"nota", INVOICE_INVOICE},
	{"facture", INVOICE_INVOICE},
	{"quittance", INVOICE_INVOICE},
	{"factura", INVOICE_INVOICE},
	{"fattura", INVOICE_INVOICE},
	{"fatura", INVOICE_INVOICE},
	{"faktura", INVOICE_INVOICE},
	{"lasku", INVOICE_INVOICE},
	{"szamla", INVOICE_INVOICE},
	{"racun", INVOICE_INVOICE},
	{"avis d'echeance", INVOICE_INVOICE},
};

/* The longest kind word at the column that ends there. */
static const struct kind_word *kind_at(const struct paper_row *row, uint32_t at)
{
	const struct kind_word *best = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < ARRAY_COUNT(kind_words); i++) {
		if (kind_words[i].words[0] != row->fold[at]) /* as good as all of them */
			continue;
		size_t size = strlen(kind_words[i].words);

		if (size <= longest || at + size > row->size ||
			memcmp(row->fold + at, kind_words[i].words, size) != 0 ||
			paper_is_letter(row->fold[at + size]))
			continue;
		best = &kind_words[i];
		longest = size;
	}
	return best;
}

/* "Purchase order no: 4711" on an invoice is a label, "Angebot 4711" a heading. */
static bool is_label(const struct invoice_claims *claims, uint32_t r, uint32_t at)
{
	for (size_t i = claims->rows[r]; i < claims->rows[r + 1]; i++)
		if (claims->items[i].from <= at && at < claims->items[i].to)
			return claims->items[i].field != FIELD_NUMBER;
	return false;
}

/* "W A R E N R E C H N U N G": single letters with blanks between. */
static uint32_t squeeze_spaced(
	const struct paper_row *row, const struct paper_cell *cell, char out[HEADING_COLUMNS_MAX])
{
	uint32_t size = 0;

	for (uint32_t at = cell->from; at < cell->to; at += 2) {
		if (size + 1 >= HEADING_COLUMNS_MAX || !paper_is_letter(row->fold[at]) ||
			(at + 1 < cell->to && row->fold[at + 1] != ' '))
			return 0;
		out[size++] = row->fold[at];
	}
	out[size] = '\0';
	return size >= 6 ? size : 0;
}

/* The kind word at the front of a cell, or at the end of the first word: "Warenrechnung". */
static const struct kind_word *heading_at(
	const struct paper_row *row, const struct paper_cell *cell)
{
	char spaced[HEADING_COLUMNS_MAX];
	const struct kind_word *word = kind_at(row, cell->from);
	struct paper_row squeezed = {.fold = spaced, .size = squeeze_spaced(row, cell, spaced)};
	uint32_t at = cell->from;

	if (squeezed.size > 0) {
		row = &squeezed;
		at = 0;
		word = kind_at(row, at);
	}
	for (; !word && at < row->size && paper_is_letter(row->fold[at]); at++)
		if (row->size - at >= strlen("factuur") && row->fold[at] != 'b')
			word = kind_at(row, at);
	return word;
}

static bool heading_in(const struct paper *paper, const struct invoice_claims *claims, uint32_t r,
	enum facts_invoice_kind *kind)
{
	const struct paper_row *row = &paper->rows[r];

	for (uint32_t c = 0; c < row->cell_count; c++) {
		const struct paper_cell *cell = &row->cells[c];
		const struct kind_word *word = heading_at(row, cell);

		if (!word || cell->to - cell->from > HEADING_COLUMNS_MAX)
			continue;
		/* other papers' names are labels in the head of an invoice */
		if (word->kind == INVOICE_ORDER &&
			(is_label(claims, r, cell->from) || row->cell_count > 2))
			continue;
		*kind = word->kind;
		return true;
	}
	return false;
}

static bool word_in(const struct paper_row *row, bool reminders, enum facts_invoice_kind *kind)
{
	for (uint32_t at = 0; at < row->size; at++) {
		if (!paper_is_letter(row->fold[at]) || (at > 0 && paper_is_word(row->fold[at - 1])))
			continue;
		const struct kind_word *word = kind_at(row, at);
		if (word && (word->kind == INVOICE_REMINDER) == reminders &&
			word->kind != INVOICE_ORDER) {
			*kind = word->kind;
			return true;
		}
	}
	return false;
}

/* A reminder names the invoice too: its words decide wherever they stand. */
static bool kind_anywhere(const struct paper *paper, enum facts_invoice_kind *kind)
{
	enum facts_invoice_kind found;
	bool any = false;

	for (size_t r = 0; r < paper->count; r++)
		if (word_in(&paper->rows[r], true, kind))
			return true;
	for (size_t r = 0; r < paper->count; r++) {
		if (!word_in(&paper->rows[r], false, &found))
			continue;
		if (!any || found == INVOICE_CREDIT_NOTE)
			*kind = found;
		any = true;
	}
	return any;
}

bool invoice_kind_read(const struct paper *paper, const struct invoice_claims *claims,
	bool anywhere, enum facts_invoice_kind *kind)
{
	bool found = false, bill = false;
	enum facts_invoice_kind heading;

	for (size_t i = 0; i < claims->count && !bill; i++)
		bill = claims->items[i].is_bill;
	for (uint32_t r = 0; r < paper->count && r < HEADING_ROWS_MAX; r++) {
		if (!heading_in(paper, claims, r, &heading))
			continue;
		/* a heading of a reminder or credit note says more than "Invoice" above it */
		if (!found || (*kind == INVOICE_INVOICE && heading != INVOICE_ORDER))
			*kind = heading;
		found = true;
	}
	if (anywhere && (!found || *kind == INVOICE_INVOICE) && kind_anywhere(paper, kind))
		return true;
	if (!found && bill)
		*kind = INVOICE_INVOICE;
	return found || bill;
}

ptrdiff_t invoice_named_at(struct span text)
{
	static const struct span words[] = {SPAN_INIT("invoice"), SPAN_INIT("credit"),
		SPAN_INIT("receipt"), SPAN_INIT("rechnung"), SPAN_INIT("beleg"),
		SPAN_INIT("gutschrift"), SPAN_INIT("mahnung"), SPAN_INIT("factu"),
		SPAN_INIT("fattura"), SPAN_INIT("fatura"), SPAN_INIT("faktur"), SPAN_INIT("bill ")};
	static struct stems stems; /* the same for all */

	if (stems.count == 0)
		stems_make(&stems, words, ARRAY_COUNT(words));
	return stems_find(&stems, text);
}

bool invoice_is_reminder(struct arena *arena, struct span line)
{
	struct paper paper = paper_read(arena, line);
	enum facts_invoice_kind kind;

	for (size_t r = 0; r < paper.count; r++)
		if (word_in(&paper.rows[r], true, &kind))
			return true;
	return false;
}
