#include "parser/month.h"

#include "base/compiler.h"
#include "base/text.h"

/* A name is any word that begins with the shortest form and lies within the full one. */
static const struct month_name {
	const char *full;
	unsigned least; /* bytes that already name it */
	int month;
} month_names[] = {
	/* English */
	{"january", 3, 1}, {"february", 3, 2}, {"march", 3, 3}, {"april", 3, 4}, {"may", 3, 5},
	{"june", 3, 6}, {"july", 3, 7}, {"august", 3, 8}, {"september", 3, 9}, {"october", 3, 10},
	{"november", 3, 11}, {"december", 3, 12},
	/* German */
	{"januar", 3, 1}, {"februar", 3, 2}, {"märz", 4, 3}, {"mai", 3, 5}, {"juni", 3, 6},
	{"juli", 3, 7}, {"oktober", 3, 10}, {"dezember", 3, 12},
	/* German, Austria */
	{"jänner", 4, 1}, {"feber", 3, 2}, {"maerz", 3, 3},
	/* Dutch */
	{"januari", 3, 1}, {"februari", 3, 2}, {"maart", 3, 3}, {"mei", 3, 5}, {"augustus", 3, 8},
	/* French */
	{"janvier", 3, 1}, {"février", 4, 2}, {"mars", 3, 3}, {"avril", 3, 4}, {"juin", 4, 6},
	{"juillet", 4, 7}, {"août", 4, 8}, {"septembre", 3, 9}, {"octobre", 3, 10},
	{"novembre", 3, 11}, {"décembre", 4, 12},
	/* French, without accents */
	{"fevrier", 3, 2}, {"aout", 3, 8}, {"decembre", 3, 12},
	/* Spanish */
	{"enero", 3, 1}, {"febrero", 3, 2}, {"marzo", 3, 3}, {"abril", 3, 4}, {"mayo", 3, 5},
	{"junio", 3, 6}, {"julio", 3, 7}, {"agosto", 3, 8}, {"septiembre", 3, 9},
	{"octubre", 3, 10}, {"noviembre", 3, 11}, {"diciembre", 3, 12},
	/* Spanish, the other September */
	{"setiembre", 3, 9},
	/* Italian */
	{"gennaio", 3, 1}, {"febbraio", 3, 2}, {"aprile", 3, 4}, {"maggio", 3, 5}, {"giugno", 3, 6},
	{"luglio", 3, 7}, {"settembre", 3, 9}, {"ottobre", 3, 10}, {"dicembre", 3, 12},
	/* Portuguese */
	{"janeiro", 3, 1}, {"fevereiro", 3, 2}, {"março", 3, 3}, {"maio", 3, 5}, {"junho", 3, 6},
	{"julho", 3, 7}, {"setembro", 3, 9}, {"outubro", 3, 10}, {"novembro", 3, 11},
	{"dezembro", 3, 12},
	/* Catalan */
	{"gener", 3, 1}, {"febrer", 4, 2}, {"març", 5, 3}, {"maig", 4, 5}, {"juny", 4, 6},
	{"juliol", 3, 7}, {"agost", 2, 8}, {"setembre", 3, 9}, {"desembre", 3, 12},
	/* Romanian */
	{"ianuarie", 3, 1}, {"februarie", 3, 2}, {"martie", 3, 3}, {"aprilie", 3, 4},
	{"iunie", 3, 6}, {"iulie", 3, 7}, {"septembrie", 3, 9}, {"octombrie", 3, 10},
	{"noiembrie", 3, 11}, {"decembrie", 3, 12},
	/* Danish */
	{"marts", 3, 3}, {"maj", 3, 5},
	/* Norwegian */
	{"desember", 3, 12},
	/* Swedish */
	{"augusti", 3, 8},
	/* Icelandic */
	{"janúar", 3, 1}, {"febrúar", 3, 2}, {"apríl", 3, 4}, {"maí", 4, 5}, {"júní", 4, 6},
	{"júlí", 4, 7}, {"ágúst", 5, 8}, {"október", 3, 10}, {"nóvember", 4, 11},
	/* Finnish */
	{"tammikuuta", 5, 1}, {"helmikuuta", 5, 2}, {"maaliskuuta", 6, 3}, {"huhtikuuta", 5, 4},
	{"toukokuuta", 5, 5}, {"kesäkuuta", 5, 6}, {"heinäkuuta", 6, 7}, {"elokuuta", 3, 8},
	{"syyskuuta", 4, 9}, {"lokakuuta", 4, 10}, {"marraskuuta", 6, 11}, {"joulukuuta", 5, 12},
	/* Estonian */
	{"jaanuar", 4, 1}, {"veebruar", 5, 2}, {"märts", 4, 3}, {"aprill", 3, 4}, {"juuni", 5, 6},
	{"juuli", 5, 7}, {"oktoober", 3, 10}, {"detsember", 4, 12},
	/* Latvian */
	{"janvāris", 4, 1}, {"februāris", 4, 2}, {"aprīlis", 3, 4}, {"maijs", 3, 5},
	{"jūnijs", 4, 6}, {"jūlijs", 4, 7}, {"augusts", 3, 8}, {"septembris", 4, 9},
	{"oktobris", 3, 10}, {"novembris", 3, 11}, {"decembris", 3, 12},
	/* Lithuanian */
	{"sausio", 4, 1}, {"vasario", 3, 2}, {"kovo", 3, 3}, {"balandžio", 3, 4}, {"gegužės", 3, 5},
	{"birželio", 5, 6}, {"liepos", 4, 7}, {"rugpjūčio", 4, 8}, {"rugsėjo", 4, 9},
	{"spalio", 4, 10}, {"lapkričio", 5, 11}, {"gruodžio", 5, 12},
	/* Polish */
	{"stycznia", 3, 1}, {"lutego", 3, 2}, {"marca", 3, 3}, {"kwietnia", 3, 4}, {"maja", 3, 5},
	{"czerwca", 3, 6}, {"lipca", 3, 7}, {"sierpnia", 3, 8}, {"września", 3, 9},
	{"października", 4, 10}, {"listopada", 3, 11}, {"grudnia", 3, 12},
	/* Polish, nominative */
	{"styczeń", 6, 1}, {"luty", 4, 2}, {"marzec", 4, 3}, {"kwiecień", 7, 4}, {"czerwiec", 6, 6},
	{"lipiec", 4, 7}, {"sierpień", 7, 8}, {"wrzesień", 5, 9}, {"październik", 11, 10},
	{"listopad", 8, 11}, {"grudzień", 4, 12},
	/* Czech */
	{"ledna", 3, 1}, {"února", 4, 2}, {"března", 4, 3}, {"dubna", 3, 4}, {"května", 4, 5},
	{"června", 4, 6}, {"července", 9, 7}, {"srpna", 3, 8}, {"září", 5, 9}, {"října", 5, 10},
	{"listopadu", 3, 11}, {"prosince", 3, 12},
	/* Czech, nominative */
	{"leden", 4, 1}, {"únor", 4, 2}, {"březen", 5, 3}, {"duben", 4, 4}, {"květen", 4, 5},
	{"červen", 4, 6}, {"červenec", 8, 7}, {"srpen", 4, 8}, {"říjen", 6, 10},
	{"prosinec", 6, 12},
	/* Slovak */
	{"januára", 3, 1}, {"februára", 3, 2}, {"apríla", 3, 4}, {"mája", 4, 5}, {"júna", 4, 6},
	{"júla", 4, 7}, {"augusta", 3, 8}, {"septembra", 3, 9}, {"októbra", 3, 10},
	{"novembra", 3, 11}, {"decembra", 3, 12},
	/* Hungarian */
	{"január", 3, 1}, {"február", 3, 2}, {"március", 5, 3}, {"április", 4, 4}, {"május", 4, 5},
	{"június", 4, 6}, {"július", 4, 7}, {"augusztus", 3, 8}, {"szeptember", 5, 9},
	/* Slovene, Serbian */
	{"januarja", 3, 1}, {"februarja", 3, 2}, {"aprila", 3, 4}, {"junija", 3, 6},
	{"julija", 3, 7}, {"avgusta", 3, 8}, {"oktobra", 3, 10},
	/* Bosnian */
	{"januara", 3, 1}, {"februara", 3, 2}, {"marta", 3, 3}, {"juna", 3, 6}, {"jula", 3, 7},
	/* Turkish */
	{"ocak", 3, 1}, {"şubat", 4, 2}, {"mart", 3, 3}, {"nisan", 3, 4}, {"mayıs", 3, 5},
	{"haziran", 3, 6}, {"temmuz", 3, 7}, {"ağustos", 4, 8}, {"eylül", 3, 9}, {"ekim", 3, 10},
	{"kasım", 3, 11}, {"aralık", 3, 12},
	/* Russian */
	{"января", 6, 1}, {"февраля", 6, 2}, {"марта", 6, 3}, {"апреля", 6, 4}, {"мая", 6, 5},
	{"июня", 6, 6}, {"июля", 6, 7}, {"августа", 6, 8}, {"сентября", 6, 9}, {"октября", 6, 10},
	{"ноября", 6, 11}, {"декабря", 6, 12},
	/* Russian, nominative */
	{"январь", 6, 1}, {"февраль", 6, 2}, {"март", 6, 3}, {"апрель", 6, 4}, {"май", 6, 5},
	{"июнь", 6, 6}, {"июль", 6, 7}, {"август", 6, 8}, {"сентябрь", 6, 9}, {"октябрь", 6, 10},
	{"ноябрь", 6, 11}, {"декабрь", 6, 12},
	/* Ukrainian */
	{"січня", 6, 1}, {"лютого", 6, 2}, {"березня", 6, 3}, {"квітня", 6, 4}, {"травня", 6, 5},
	{"червня", 6, 6}, {"липня", 6, 7}, {"серпня", 6, 8}, {"вересня", 6, 9}, {"жовтня", 6, 10},
	{"листопада", 6, 11}, {"грудня", 6, 12},
	/* Bulgarian */
	{"януари", 6, 1}, {"февруари", 6, 2}, {"април", 6, 4}, {"юни", 6, 6}, {"юли", 6, 7},
	{"септември", 6, 9}, {"октомври", 6, 10}, {"ноември", 6, 11}, {"декември", 6, 12},
	/* Serbian, Cyrillic */
	{"јануар", 6, 1}, {"фебруар", 6, 2}, {"мај", 6, 5}, {"јун", 6, 6}, {"јул", 6, 7},
	{"септембар", 6, 9}, {"октобар", 6, 10}, {"новембар", 6, 11}, {"децембар", 6, 12},
	/* Greek */
	{"ιανουαρίου", 6, 1}, {"φεβρουαρίου", 6, 2}, {"μαρτίου", 6, 3}, {"απριλίου", 6, 4},
	{"μαΐου", 6, 5}, {"ιουνίου", 8, 6}, {"ιουλίου", 8, 7}, {"αυγούστου", 6, 8},
	{"σεπτεμβρίου", 6, 9}, {"οκτωβρίου", 6, 10}, {"νοεμβρίου", 6, 11}, {"δεκεμβρίου", 6, 12},
	/* Indonesian */
	{"maret", 3, 3}, {"agustus", 3, 8}, {"mrt", 3, 3}, /* Dutch */
};
/* Croatian: some of its names are those of other months in Polish and Czech. */
static const struct month_name croatian_names[] = {
	{"siječnja", 3, 1},
	{"veljače", 4, 2},
	{"ožujka", 4, 3},
	{"travnja", 3, 4},
	{"svibnja", 3, 5},
	{"lipnja", 3, 6},
	{"srpnja", 3, 7},
	{"kolovoza", 3, 8},
	{"rujna", 3, 9},
	{"listopada", 3, 10},
	{"studenoga", 3, 11},
	{"prosinca", 3, 12},
};

static int find(const struct month_name *names, size_t count, struct span word)
{
	unsigned char first = word.size > 0 ? (unsigned char)word.data[0] : 0;

	for (size_t i = 0; i < count; i++) {
		/* as good as all of them fail here; capitals beyond ASCII change their first byte
		 */
		if (first < 0x80 && (names[i].full[0] | 0x20) != (first | 0x20))
			continue;
		struct span full = span_from(names[i].full);

		if (word.size >= names[i].least && word.size <= full.size &&
			text_starts_fold(full, word) == word.size)
			return names[i].month;
	}
	return 0;
}

int month_of(struct span word, bool after_dot)
{
	int month = after_dot ? find(croatian_names, ARRAY_COUNT(croatian_names), word) : 0;

	if (month == 0)
		month = find(month_names, ARRAY_COUNT(month_names), word);
	return month > 0 ? month : find(croatian_names, ARRAY_COUNT(croatian_names), word);
}
