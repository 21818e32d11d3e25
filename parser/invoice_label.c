/* Words are folded as rows of paper.h are. A blank in them stands for none, one or " .-/'". */
#include "parser/invoice_label.h"

#include <string.h>

#define CLAIMS_MAX  4000
#define PHRASES_MAX 4000
#define LETTERS	    32	/* 0: none */
#define WORDS_MAX   100 /* of one table below */

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

/* ---------------------------------------------------------------- tables */

/* Words by their first letter. */
struct table {
	const char *const *words;
	int16_t head[128], next[WORDS_MAX];
};

static struct {
	struct table nouns, ofs;
	struct table words[3]; /* of word_fields */
	/* the phrases of label_groups, by their first two letters */
	int16_t head[LETTERS * LETTERS];
	uint16_t count;
	struct entry {
		const char *words;
		int16_t next;
		uint16_t group;
	} entries[PHRASES_MAX];
} label_index;

static const struct {
	const char *const *words;
	size_t count;
	enum invoice_field field;
	int alone; /* weight without a noun beside it; 0: none */
} word_fields[] = {
	{number_words, ARRAY_COUNT(number_words), FIELD_NUMBER, LABEL_WEAK},
	{date_words, ARRAY_COUNT(date_words), FIELD_ISSUE, LABEL_VAGUE},
	{amount_words, ARRAY_COUNT(amount_words), FIELD_TOTAL, 0},
};

static int16_t table_first(const struct table *table, char letter)
{
	return table->head[(unsigned char)letter & 127];
}

static void table_make(struct table *table, const char *const *words, size_t count)
{
	table->words = words;
	memset(table->head, -1, sizeof table->head);
	for (size_t i = 0; i < count && i < WORDS_MAX; i++) {
		int16_t *head = &table->head[(unsigned char)*words[i] & 127];

		table->next[i] = *head;
		*head = (int16_t)i;
	}
}

/* Others may fall together with a letter; who looks up compares. */
static size_t letter_of(char byte)
{
	return byte == ' ' || byte == '|' ? 0 : (unsigned char)byte % LETTERS;
}

static int16_t *phrases_head(char first, size_t second)
{
	return &label_index.head[letter_of(first) * LETTERS + second];
}

static void phrases_make(void)
{
	memset(label_index.head, -1, sizeof label_index.head);
	for (uint16_t g = 0; g < label_group_count; g++) {
		const char *words = label_groups[g].phrases;

		for (; words && label_index.count < PHRASES_MAX; words = strchr(words, '|')) {
			words += *words == '|';
			int16_t *head = phrases_head(*words, letter_of(words[*words != '\0']));

			label_index.entries[label_index.count] = (struct entry){words, *head, g};
			*head = (int16_t)label_index.count++;
		}
	}
}

/* Once, by who needs it first. */
static void index_make(void)
{
	_Static_assert(ARRAY_COUNT(nouns) <= WORDS_MAX && ARRAY_COUNT(number_words) <= WORDS_MAX &&
			       ARRAY_COUNT(date_words) <= WORDS_MAX &&
			       ARRAY_COUNT(amount_words) <= WORDS_MAX,
		"the tables fit");

	if (label_index.count > 0)
		return;
	table_make(&label_index.nouns, nouns, ARRAY_COUNT(nouns));
	table_make(&label_index.ofs, of_words, ARRAY_COUNT(of_words));
	for (size_t i = 0; i < ARRAY_COUNT(word_fields); i++)
		table_make(&label_index.words[i], word_fields[i].words, word_fields[i].count);
	phrases_make();
}

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
	const struct table *table, bool whole)
{
	uint32_t best = 0;

	for (int16_t i = table_first(table, row->fold[at]); i >= 0; i = table->next[i]) {
		if (!may_stand(row, at, to, table->words[i]))
			continue;
		uint32_t size = words_at(row, at, to, table->words[i]);

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
	for (int16_t n = table_first(&label_index.nouns, row->fold[at]); n >= 0;
		n = label_index.nouns.next[n]) {
		uint32_t size;

		if (!may_stand(row, at, to, nouns[n]) ||
			(size = words_at(row, at, to, nouns[n])) == 0)
			continue;
		bool common = is_common(row, at, size), ends = ends_word(row, at + size);
		uint32_t next = skip_gap(row, skip_remark(row, at + size, to), to);

		for (size_t i = 0; i < ARRAY_COUNT(word_fields) && next < to; i++) {
			uint32_t more = longest_at(row, next, to, &label_index.words[i], true);

			if (more > 0)
				take_longer(best, at, next + more, word_fields[i].field,
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
	for (size_t i = 0; i < ARRAY_COUNT(word_fields); i++) {
		enum invoice_field field = word_fields[i].field;
		int alone = word_fields[i].alone;
		uint32_t size = longest_at(row, at, to, &label_index.words[i], true);

		if (size == 0)
			continue;
		/* "Kd-Nr." and "expiry date" are others'; "Rechnung des Versicherers Nr." is ours
		 */
		if (alone > 0 && context == BEHIND_NOUN && field == FIELD_NUMBER && size > 1)
			take_longer(best, at, at + size, field, LABEL_CLEAR, true);
		else if (alone > 0 && (context == AT_FRONT || field == FIELD_ISSUE))
			take_longer(best, at, at + size, field,
				context == AT_FRONT ? alone : LABEL_WEAK, false);
		uint32_t next = skip_gap(row, at + size, to);
		uint32_t of = next < to ? longest_at(row, next, to, &label_index.ofs, false) : 0;
		next = skip_gap(row, next + of, to);
		uint32_t noun = next < to ? longest_at(row, next, to, &label_index.nouns, true) : 0;
		if (noun > 0 && next > at + size) {
			bool common = is_common(row, next, noun);

			take_longer(best, at, next + noun, field,
				common ? LABEL_CLEAR : LABEL_STRONG, !common);
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

/* The phrases whose second letter is that one. */
static void claim_phrase(const struct paper_row *row, uint32_t at, uint32_t to, size_t second,
	struct invoice_claim *claim)
{
	for (int16_t i = *phrases_head(row->fold[at], second); i >= 0;
		i = label_index.entries[i].next) {
		if (!may_stand(row, at, to, label_index.entries[i].words))
			continue;
		const struct label_group *group = &label_groups[label_index.entries[i].group];
		uint32_t size = words_at(row, at, to, label_index.entries[i].words);

		/* of the same length the simple one is meant: "order no", "vat" */
		if (size == 0 || !ends_word(row, at + size) || at + size < claim->to ||
			begins_code(row, at, size))
			continue;
		claim->to = at + size;
		claim->field = group->field;
		claim->weight = group->weight;
		claim->is_bill = false;
	}
}

static bool claim_at(const struct paper_row *row, uint32_t at, uint32_t to, enum context context,
	struct invoice_claim *claim)
{
	size_t second = at + 1 < to ? letter_of(row->fold[at + 1]) : 0;

	*claim = (struct invoice_claim){.from = at, .to = at};
	noun_first(row, at, to, claim);
	word_first(row, at, to, context, claim);
	if (second != 0)
		claim_phrase(row, at, to, second, claim);
	else if (at + 1 < to) /* "B ruttosumme" */
		for (second = LETTERS - 1; second > 0; second--)
			claim_phrase(row, at, to, second, claim);
	claim_phrase(row, at, to, 0, claim);
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

static void add_claim(
	struct arena *arena, struct invoice_claims *claims, const struct invoice_claim *claim)
{
	if (claims->count == claims->capacity) {
		struct invoice_claim *items = claims->items;

		claims->capacity = items ? 2 * claims->capacity : 32;
		claims->items = arena_array(arena, struct invoice_claim, claims->capacity);
		if (items)
			memcpy(claims->items, items, claims->count * sizeof *items);
	}
	claims->items[claims->count++] = *claim;
}

static void read_cell(struct arena *arena, const struct paper_row *row, uint32_t r, uint32_t c,
	struct invoice_claims *claims)
{
	uint32_t at = row->cells[c].from, to = row->cells[c].to;

	while (at < to && claims->count < CLAIMS_MAX) {
		bool begins = (at == row->cells[c].from || !paper_is_word(row->fold[at - 1])) &&
			      (paper_is_letter(row->fold[at]) || row->fold[at] == '#');
		struct invoice_claim claim;

		if ((begins || is_compound(row, at, row->cells[c].from)) &&
			claim_at(row, at, to, context_of(row, r, c, at, claims), &claim)) {
			claim.row = r;
			claim.cell = c;
			qualify(row, &claim);
			add_claim(arena, claims, &claim);
			at = claim.to;
			continue;
		}
		at++;
	}
}

struct invoice_claims invoice_claims_read(struct arena *arena, const struct paper *paper)
{
	struct invoice_claims claims = {0};

	index_make();
	claims.rows = arena_array(arena, size_t, paper->count + 1);
	for (size_t r = 0; r < paper->count; r++) {
		claims.rows[r] = claims.count;
		for (uint32_t c = 0; c < paper->rows[r].cell_count; c++)
			read_cell(arena, &paper->rows[r], (uint32_t)r, c, &claims);
	}
	claims.rows[paper->count] = claims.count;
	return claims;
}

static bool line_has_number_label(struct arena *arena, struct span line)
{
	struct paper paper = paper_read(arena, line);
	struct invoice_claims claims = invoice_claims_read(arena, &paper);

	for (size_t i = 0; i < claims.count; i++)
		if ((claims.items[i].field == FIELD_NUMBER ||
			    claims.items[i].field == FIELD_PRECEDING) &&
			claims.items[i].weight >= LABEL_CLEAR)
			return true;
	return false;
}

bool invoice_has_number_label(struct arena *arena, struct span text)
{
	struct span rest = text;
	ptrdiff_t at;

	while ((at = invoice_named_at(rest)) >= 0) {
		ptrdiff_t begin = span_rfind_byte(span_part(rest, 0, (size_t)at), '\n') + 1;
		struct span line = span_after(rest, (size_t)begin);
		ptrdiff_t size = span_find_byte(line, '\n');

		rest = span_after(line, size < 0 ? line.size : (size_t)size + 1);
		if (line_has_number_label(arena, span_part(line, 0, line.size - rest.size)))
			return true;
	}
	return false;
}
