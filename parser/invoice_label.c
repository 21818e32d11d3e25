/* Words are folded as rows of paper.h are. A blank in them stands for none, one or " .-/'". */
#include "parser/invoice_label.h"

#include <string.h>

#define CLAIMS_MAX  4000
#define PHRASES_MAX 1000

/* What is billed: with a word for number, date or amount beside it, a sure label. */
static const char *const nouns[] = {"invoice", "invoices", "tax invoice", "bill", "billing",
	"receipt", "credit note", "creditnote", "credit memo", "credit invoice", "debit note",
	"document", "doc", "voucher", "statement", "inv", "rechnung", "rechnungs",
	"rechnungskorrektur", "rechn", "rech", "rg", "re", "beleg", "gutschrift", "gutschrifts",
	"abrechnungs", "abrechnung", "storno", "quittungs", "factuur", "faktuur", "nota", "fact",
	"creditnota", "creditfactuur", "credit factuur", "rekening", "facture", "facturation",
	"avoir", "note de credit", "quittance", "fac", "factura", "fra", "nota de credito",
	"factura rectificativa", "abono", "recibo", "fattura", "nota di credito", "nota credito",
	"ricevuta", "documento", "fatura", "faktura", "faktury", "fakturze", "fv", "rachunku",
	"rachunek", "doklad", "dokladu", "danovy doklad", "szamla", "facturii", "lasku", "laskun",
	"kreditfaktura", "kreditnota", "racun", "racuna", "dokument", "dokumentu", "saskaita",
	"rekins"};
/* Nouns above that other papers have, too. */
static const char *const common_nouns[] = {"statement", "document", "doc", "voucher", "re", "beleg",
	"billing", "documento", "dokument", "dokumentu", "doklad", "dokladu", "rekening", "nota",
	"recibo", "inv", "fac", "fact", "fra", "receipt"};

static const char *const number_words[] = {"number", "no", "no s", "nos", "nr", "num", "nummer",
	"nbr", "nb", "id", "#", "numero", "numer", "n", "ref", "reference", "code", "cislo", "c",
	"sorszama", "sorszam", "szama", "broj", "numarasi", "nro", "nrs", "numara", "numaras",
	"numeris", "seria", "serial number", "serial no"};
static const char *const date_words[] = {"date", "dated", "datum", "dato", "fecha", "data", "dt",
	"paivays", "paivamaara", "pvm", "kelte", "datumi", "tarihi", "tarih", "date of issue",
	"issue date", "issued", "issued on", "date d emission", "date emission", "dd"};
static const char *const amount_words[] = {"amount", "total", "sum", "betrag", "summe", "endbetrag",
	"gesamtbetrag", "bedrag", "totaal", "totaalbedrag", "montant", "montant total", "importe",
	"importo", "totale", "valor", "belopp", "belop", "belob", "kwota", "total amount", "value",
	"total ttc", "summa", "suma", "osszege", "tutari"};
/* Between a word above and a noun: "numéro de la facture". */
static const char *const of_words[] = {"of the", "of this", "of", "de la", "de l", "de", "du",
	"der", "des", "van de", "van", "della", "di", "da", "do", "of your", "for", "for this"};

/* ---------------------------------------------------------------- matching */

static bool is_gap(char byte)
{
	return byte == ' ' || byte == '.' || byte == '-' || byte == '/' || byte == '\'' ||
	       byte == '(';
}

/* Fonts that are spaced by hand come as "Br uttosumme": of long words one blank inside is none. */
#define SPACED_LEAST 8

/* Columns that the words take at `at`, 0: they are not there. A blank in them is up to 3 marks. */
static uint32_t words_at(const struct paper_row *row, uint32_t at, uint32_t to, const char *words)
{
	const char *first = words;
	uint32_t from = at;

	for (; *words && *words != '|'; words++) {
		if (*words == ' ') {
			for (int i = 0; i < 3 && at < to && is_gap(row->fold[at]); i++)
				at++;
			continue;
		}
		if (at > from && at + 1 < to && row->fold[at] == ' ' &&
			row->fold[at + 1] == *words && strcspn(first, " |") >= SPACED_LEAST)
			at++;
		if (at >= to || row->fold[at] != *words)
			return 0;
		at++;
	}
	return at - from;
}

/* As words_at by the first two letters: nearly all phrases are gone then. */
static bool may_stand(const struct paper_row *row, uint32_t at, uint32_t to, const char *words)
{
	char there = at + 1 < to ? row->fold[at + 1] : '\0';

	return words[0] == row->fold[at] && (words[1] == there || words[1] == ' ' ||
						    words[1] == '|' || !words[1] || there == ' ');
}

static bool ends_word(const struct paper_row *row, uint32_t at)
{
	return at >= row->size || (!paper_is_letter(row->fold[at]) && row->fold[at] != '_');
}

/* The longest of the words that stands at `at`; whole: and ends there. */
static uint32_t longest_at(const struct paper_row *row, uint32_t at, uint32_t to,
	const char *const *words, size_t count, bool whole)
{
	uint32_t best = 0;

	for (size_t i = 0; i < count; i++) {
		if (!may_stand(row, at, to, words[i]))
			continue;
		uint32_t size = words_at(row, at, to, words[i]);

		if (size > best && (!whole || ends_word(row, at + size)))
			best = size;
	}
	return best;
}

static bool is_common(const struct paper_row *row, uint32_t at, uint32_t size)
{
	for (size_t i = 0; i < ARRAY_COUNT(common_nouns); i++)
		if (strlen(common_nouns[i]) == size &&
			memcmp(row->fold + at, common_nouns[i], size) == 0)
			return true;
	return false;
}

static uint32_t skip_gap(const struct paper_row *row, uint32_t at, uint32_t to)
{
	for (int i = 0; i < 3 && at < to && is_gap(row->fold[at]); i++)
		at++;
	return at;
}

/* "Rechnung (Kopie) Nr. 4711" */
static uint32_t skip_remark(const struct paper_row *row, uint32_t at, uint32_t to)
{
	uint32_t end = at + 2;

	if (at + 1 >= to || row->fold[at] != ' ' || row->fold[at + 1] != '(')
		return at;
	while (end < to && end < at + 45 && row->fold[end] != ')')
		end++;
	return end < to && row->fold[end] == ')' ? end + 1 : at;
}

static const struct word_list {
	const char *const *words;
	size_t count;
	enum invoice_field field;
	int alone; /* weight without a noun beside it; 0: none */
} word_lists[] = {
	{number_words, ARRAY_COUNT(number_words), FIELD_NUMBER, LABEL_WEAK},
	{date_words, ARRAY_COUNT(date_words), FIELD_ISSUE, LABEL_VAGUE},
	{amount_words, ARRAY_COUNT(amount_words), FIELD_TOTAL, 0},
};

static void take_longer(struct invoice_claim *best, uint32_t from, uint32_t to,
	enum invoice_field field, int weight, bool is_bill)
{
	if (to <= best->to)
		return;
	best->to = to;
	best->from = from;
	best->field = field;
	best->weight = weight;
	best->is_bill = is_bill;
}

/* "Rechnungs-Nr.", "invoice date", "factuurbedrag"; the noun alone is a weak label of a number. */
static void noun_first(
	const struct paper_row *row, uint32_t at, uint32_t to, struct invoice_claim *best)
{
	for (size_t n = 0; n < ARRAY_COUNT(nouns); n++) {
		uint32_t size;

		if (!may_stand(row, at, to, nouns[n]) ||
			(size = words_at(row, at, to, nouns[n])) == 0)
			continue;
		bool common = is_common(row, at, size), ends = ends_word(row, at + size);
		uint32_t next = skip_gap(row, skip_remark(row, at + size, to), to);

		for (size_t i = 0; i < ARRAY_COUNT(word_lists) && next < to; i++) {
			uint32_t more = longest_at(
				row, next, to, word_lists[i].words, word_lists[i].count, true);

			if (more > 0)
				take_longer(best, at, next + more, word_lists[i].field,
					common ? LABEL_CLEAR : LABEL_STRONG, !common);
		}
		if (ends && size > 3)
			take_longer(best, at, at + size, FIELD_NUMBER, common ? 15 : LABEL_NOUN,
				!common);
	}
}

/* What stands before a word in its cell. */
enum context { AT_FRONT, BEHIND_NOUN, BEHIND_OTHERS };

/* "number", "numéro de la facture", "date of invoice" */
static void word_first(const struct paper_row *row, uint32_t at, uint32_t to, enum context context,
	struct invoice_claim *best)
{
	for (size_t i = 0; i < ARRAY_COUNT(word_lists); i++) {
		const struct word_list *list = &word_lists[i];
		uint32_t size = longest_at(row, at, to, list->words, list->count, true);

		if (size == 0)
			continue;
		/* "Kd-Nr." and "expiry date" are others'; "Rechnung des Versicherers Nr." is ours
		 */
		if (list->alone > 0 && context == BEHIND_NOUN && list->field == FIELD_NUMBER &&
			size > 1)
			take_longer(best, at, at + size, list->field, LABEL_CLEAR, true);
		else if (list->alone > 0 && (context == AT_FRONT || list->field == FIELD_ISSUE))
			take_longer(best, at, at + size, list->field,
				context == AT_FRONT ? list->alone : LABEL_WEAK, false);
		uint32_t next = skip_gap(row, at + size, to);
		uint32_t of = next < to ? longest_at(row, next, to, of_words, ARRAY_COUNT(of_words),
						  false)
					: 0;
		next = skip_gap(row, next + of, to);
		uint32_t noun =
			next < to ? longest_at(row, next, to, nouns, ARRAY_COUNT(nouns), true) : 0;
		if (noun > 0 && next > at + size) {
			bool common = is_common(row, next, noun);

			take_longer(best, at, next + noun, list->field,
				common ? LABEL_CLEAR : LABEL_STRONG, !common);
		}
	}
}

/* The phrases of label_groups by their first letter. */
struct index {
	int16_t head[128];
	uint16_t count;
	struct entry {
		const char *words;
		int16_t next;
		uint16_t group;
	} entries[PHRASES_MAX];
};

static void index_make(struct index *index)
{
	memset(index->head, -1, sizeof index->head);
	index->count = 0;
	for (uint16_t g = 0; g < label_group_count; g++) {
		const char *words = label_groups[g].phrases;

		for (; words && index->count < PHRASES_MAX; words = strchr(words, '|')) {
			words += *words == '|';
			int16_t *head = &index->head[(unsigned char)*words & 127];

			index->entries[index->count] = (struct entry){words, *head, g};
			*head = (int16_t)index->count++;
		}
	}
}

/* "HT-20817", "PO_7": short labels are the front of numbers as well. */
static bool begins_code(const struct paper_row *row, uint32_t at, uint32_t size)
{
	const char *behind = row->fold + at + size;

	return size <= 4 && *behind &&
	       (paper_is_digit(*behind) || (strchr("-/_", *behind) && paper_is_digit(behind[1])));
}

static bool claim_at(const struct index *index, const struct paper_row *row, uint32_t at,
	uint32_t to, enum context context, struct invoice_claim *claim)
{
	*claim = (struct invoice_claim){.from = at, .to = at};
	noun_first(row, at, to, claim);
	word_first(row, at, to, context, claim);
	for (int16_t i = index->head[(unsigned char)row->fold[at] & 127]; i >= 0;
		i = index->entries[i].next) {
		if (!may_stand(row, at, to, index->entries[i].words))
			continue;
		const struct label_group *group = &label_groups[index->entries[i].group];
		uint32_t size = words_at(row, at, to, index->entries[i].words);

		/* of the same length the simple one is meant: "order no", "vat" */
		if (size == 0 || !ends_word(row, at + size) || at + size < claim->to ||
			begins_code(row, at, size))
			continue;
		claim->to = at + size;
		claim->field = group->field;
		claim->weight = group->weight;
		claim->is_bill = false;
	}
	return claim->to > at;
}

/* "Summe (netto)", "Total, excl. VAT": words behind a sum's label say which one it is. */
static void qualify(const struct paper_row *row, struct invoice_claim *claim)
{
	static const struct {
		const char *word;
		enum invoice_field field;
		bool whole;
	} words[] = {{"netto", FIELD_NET, false}, {"net", FIELD_NET, true},
		{"ohne", FIELD_NET, true}, {"excl", FIELD_NET, false}, {"exkl", FIELD_NET, false},
		{"zzgl", FIELD_NET, true}, {"hors", FIELD_NET, true}, {"ht", FIELD_NET, true},
		{"h.t", FIELD_NET, true}, {"before", FIELD_NET, true}, {"without", FIELD_NET, true},
		{"brutto", FIELD_TOTAL, false}, {"gross", FIELD_TOTAL, true},
		{"incl", FIELD_TOTAL, false}, {"inkl", FIELD_TOTAL, false},
		{"ttc", FIELD_TOTAL, true}, {"t.t.c", FIELD_TOTAL, true}};
	uint32_t to = row->cells[claim->cell].to;

	if (claim->field != FIELD_TOTAL && claim->field != FIELD_NET)
		return;
	for (uint32_t at = claim->to; at < to && !paper_is_digit(row->fold[at]); at++)
		for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
			size_t size = strlen(words[i].word);

			if (paper_is_word(row->fold[at - 1]) ||
				strncmp(row->fold + at, words[i].word, size) != 0 ||
				(words[i].whole && paper_is_letter(row->fold[at + size])))
				continue;
			claim->field = words[i].field;
			if (claim->weight > LABEL_WEAK && claim->weight < LABEL_CLEAR)
				claim->weight = LABEL_CLEAR;
			return;
		}
}

/* "Handelsrechnung", "Energiefactuur": the noun ends a longer one. */
static bool is_compound(const struct paper_row *row, uint32_t at, uint32_t from)
{
	static const char *const ends[] = {"rechnung", "factuur", "faktura"};

	if (at < from + 3 || !paper_is_letter(row->fold[at - 1]))
		return false;
	for (size_t i = 0; i < ARRAY_COUNT(ends); i++)
		if (*ends[i] == row->fold[at] &&
			strncmp(row->fold + at, ends[i], strlen(ends[i])) == 0)
			return true;
	return false;
}

static enum context context_of(const struct paper_row *row, uint32_t r, uint32_t c, uint32_t at,
	const struct invoice_claims *claims)
{
	const struct invoice_claim *last =
		claims->count > 0 ? &claims->items[claims->count - 1] : NULL;

	if (at == row->cells[c].from)
		return AT_FRONT;
	return last && last->row == r && last->cell == c && last->weight == LABEL_NOUN &&
			       last->is_bill
		       ? BEHIND_NOUN
		       : BEHIND_OTHERS;
}

static void read_cell(const struct index *index, const struct paper_row *row, uint32_t r,
	uint32_t c, struct invoice_claims *claims)
{
	uint32_t at = row->cells[c].from, to = row->cells[c].to;

	while (at < to && claims->count < CLAIMS_MAX) {
		bool begins = (at == row->cells[c].from || !paper_is_word(row->fold[at - 1])) &&
			      (paper_is_letter(row->fold[at]) || row->fold[at] == '#');
		struct invoice_claim claim;

		if ((begins || is_compound(row, at, row->cells[c].from)) &&
			claim_at(index, row, at, to, context_of(row, r, c, at, claims), &claim)) {
			claim.row = r;
			claim.cell = c;
			qualify(row, &claim);
			claims->items[claims->count++] = claim;
			at = claim.to;
			continue;
		}
		at++;
	}
}

struct invoice_claims invoice_claims_read(struct arena *arena, const struct paper *paper)
{
	struct invoice_claims claims = {0};
	static struct index index; /* the same for all */

	if (index.count == 0)
		index_make(&index);
	claims.items = arena_array(arena, struct invoice_claim, CLAIMS_MAX);
	claims.rows = arena_array(arena, size_t, paper->count + 1);
	for (size_t r = 0; r < paper->count; r++) {
		claims.rows[r] = claims.count;
		for (uint32_t c = 0; c < paper->rows[r].cell_count; c++)
			read_cell(&index, &paper->rows[r], (uint32_t)r, c, &claims);
	}
	claims.rows[paper->count] = claims.count;
	return claims;
}

bool invoice_has_number_label(struct arena *arena, const struct paper *paper)
{
	struct invoice_claims claims = {0};
	struct index index;

	claims.items = arena_array(arena, struct invoice_claim, CLAIMS_MAX);
	index_make(&index);
	for (size_t r = 0; r < paper->count; r++) {
		const struct paper_row *row = &paper->rows[r];

		if (!invoice_is_named((struct span){row->fold, row->size}))
			continue;
		for (uint32_t c = 0; c < row->cell_count; c++)
			read_cell(&index, row, (uint32_t)r, c, &claims);
	}
	for (size_t i = 0; i < claims.count; i++)
		if ((claims.items[i].field == FIELD_NUMBER ||
			    claims.items[i].field == FIELD_PRECEDING) &&
			claims.items[i].weight >= LABEL_CLEAR)
			return true;
	return false;
}
