#include "parser/disclaimer.h"

#include "parser/beginning.h"

#define NOTICE_LINES_MAX 60 /* filled lines from the notice to the end */
/* A word or two of the author's are no notice: such sentences are long. */
#define NOTICE_BYTES_MIN 60

/* One of these in a paragraph at the end, and it is a notice. */
static const struct span notices[] = {SPAN_INIT("intended recipient"),
	SPAN_INIT("intended solely for"), SPAN_INIT("intended only for"),
	SPAN_INIT("intended for the addressee"), SPAN_INIT("intended for the named"),
	SPAN_INIT("intended for the use of"), SPAN_INIT("addressee only"),
	SPAN_INIT("confidentiality notice"), SPAN_INIT("legal disclaimer"),
	SPAN_INIT("email disclaimer"), SPAN_INIT("e-mail disclaimer"),
	SPAN_INIT("may contain confidential"), SPAN_INIT("contains confidential"),
	SPAN_INIT("contain confidential"), SPAN_INIT("contains privileged"),
	SPAN_INIT("legally privileged"), SPAN_INIT("confidential and may"),
	SPAN_INIT("confidential and/or"), SPAN_INIT("confidential and intended"),
	SPAN_INIT("confidential, intended"), SPAN_INIT("strictly confidential and"),
	SPAN_INIT("received this e-mail in error"), SPAN_INIT("received this email in error"),
	SPAN_INIT("received this message in error"), SPAN_INIT("received it in error"),
	SPAN_INIT("received this mail in error"), SPAN_INIT("received this communication in error"),
	SPAN_INIT("received this transmission in error"), SPAN_INIT("received this in error"),
	SPAN_INIT("unauthorised use"), SPAN_INIT("unauthorized use"),
	SPAN_INIT("unauthorised copying"), SPAN_INIT("unauthorized copying"),
	SPAN_INIT("unauthorised disclosure"), SPAN_INIT("unauthorized disclosure"),
	SPAN_INIT("consider the environment before"), SPAN_INIT("think before you print"),
	SPAN_INIT("before printing this"), SPAN_INIT("virus-free"),
	SPAN_INIT("scanned for viruses"), SPAN_INIT("checked for viruses"),
	SPAN_INIT("views expressed in this"), SPAN_INIT("views or opinions"),
	SPAN_INIT("opinions expressed in this"), SPAN_INIT("registered in england"),
	SPAN_INIT("you are subscribed to"), SPAN_INIT("to unsubscribe from this"),
	SPAN_INIT("to unsubscribe, "), SPAN_INIT("unsubscribe from this group"),
	SPAN_INIT("manage your subscription"), SPAN_INIT("this message was sent to you because"),
	SPAN_INIT("vertrauliche und"), SPAN_INIT("vertrauliche informationen"),
	SPAN_INIT("rechtlich geschützte informationen"), SPAN_INIT("vertraulich und"),
	SPAN_INIT("nicht der richtige adressat"), SPAN_INIT("nicht der beabsichtigte"),
	SPAN_INIT("nicht der vorgesehene"), SPAN_INIT("nicht der bestimmungsgemäße"),
	SPAN_INIT("irrtümlich erhalten"), SPAN_INIT("irrtümlich zugegangen"),
	SPAN_INIT("versehentlich erhalten"), SPAN_INIT("für den adressaten bestimmt"),
	SPAN_INIT("für den empfänger bestimmt"), SPAN_INIT("für den angesprochenen"),
	SPAN_INIT("ausschließlich für den"), SPAN_INIT("ausschliesslich für den"),
	SPAN_INIT("unbefugte weitergabe"), SPAN_INIT("unerlaubte kopieren"),
	SPAN_INIT("unbefugtes kopieren"), SPAN_INIT("informieren sie bitte sofort den absender"),
	SPAN_INIT("vernichten sie diese"), SPAN_INIT("denken sie an die umwelt"),
	SPAN_INIT("denken sie an unsere umwelt"), SPAN_INIT("bevor sie diese e-mail"),
	SPAN_INIT("umwelt zuliebe"), SPAN_INIT("viren geprüft"), SPAN_INIT("auf viren überprüft"),
	SPAN_INIT("virenfrei"), SPAN_INIT("viren überprüft"),
	SPAN_INIT("informationen zum datenschutz finden"),
	SPAN_INIT("hinweise zum datenschutz finden"), SPAN_INIT("datenschutzhinweise finden"),
	SPAN_INIT("pflichtangaben"), SPAN_INIT("uitsluitend bestemd voor"),
	SPAN_INIT("alleen bestemd voor"), SPAN_INIT("niet de geadresseerde"),
	SPAN_INIT("niet de beoogde"), SPAN_INIT("vertrouwelijke informatie"),
	SPAN_INIT("vertrouwelijk en"), SPAN_INIT("ten onrechte ontvangen"),
	SPAN_INIT("per abuis ontvangen"), SPAN_INIT("abusievelijk ontvangen"),
	SPAN_INIT("bij vergissing ontvangen"), SPAN_INIT("verwijderen van dit bericht"),
	SPAN_INIT("dit bericht te verwijderen"), SPAN_INIT("openbaarmaking, vermenigvuldiging"),
	SPAN_INIT("denk aan het milieu"), SPAN_INIT("voordat u deze e-mail print"),
	SPAN_INIT("gecontroleerd op virussen"), SPAN_INIT("aan dit bericht kunnen geen rechten"),
	SPAN_INIT("à l'intention exclusive"), SPAN_INIT("à l’intention exclusive"),
	SPAN_INIT("intention exclusive de"), SPAN_INIT("exclusivement à"),
	SPAN_INIT("strictement confidentiel"), SPAN_INIT("sont confidentiels"),
	SPAN_INIT("est confidentiel"), SPAN_INIT("informations confidentielles"),
	SPAN_INIT("message confidentiel"), SPAN_INIT("par erreur, merci"),
	SPAN_INIT("par erreur, veuillez"), SPAN_INIT("reçu par erreur"),
	SPAN_INIT("recevez ce message par erreur"), SPAN_INIT("recu ce message par erreur"),
	SPAN_INIT("n'êtes pas le destinataire"), SPAN_INIT("n’êtes pas le destinataire"),
	SPAN_INIT("toute utilisation non"), SPAN_INIT("toute diffusion non"),
	SPAN_INIT("avant d'imprimer"), SPAN_INIT("avant d’imprimer"),
	SPAN_INIT("pensez à l'environnement"), SPAN_INIT("pensez à l’environnement"),
	SPAN_INIT("analyse contre les virus"), SPAN_INIT("l'absence de virus"),
	SPAN_INIT("sans virus"), SPAN_INIT("información confidencial"),
	SPAN_INIT("carácter confidencial"), SPAN_INIT("es confidencial"),
	SPAN_INIT("dirigido exclusivamente"), SPAN_INIT("exclusivamente a su destinatario"),
	SPAN_INIT("uso exclusivo"), SPAN_INIT("no es el destinatario"),
	SPAN_INIT("no es usted el destinatario"), SPAN_INIT("recibido este mensaje por error"),
	SPAN_INIT("recibido este correo por error"), SPAN_INIT("recibido por error"),
	SPAN_INIT("por error, le rogamos"), SPAN_INIT("queda prohibid"),
	SPAN_INIT("antes de imprimir"), SPAN_INIT("medio ambiente"), SPAN_INIT("libre de virus"),
	SPAN_INIT("protección de datos, le informamos"),
	SPAN_INIT("en cumplimiento de la normativa"), SPAN_INIT("informações confidenciais"),
	SPAN_INIT("informação confidencial"), SPAN_INIT("é confidencial"),
	SPAN_INIT("não é o destinatário"), SPAN_INIT("não for o destinatário"),
	SPAN_INIT("recebido esta mensagem por engano"),
	SPAN_INIT("recebeu esta mensagem por engano"), SPAN_INIT("recebido por engano"),
	SPAN_INIT("uso exclusivo do destinatário"), SPAN_INIT("destina-se exclusivamente"),
	SPAN_INIT("meio ambiente"), SPAN_INIT("sem vírus"), SPAN_INIT("informazioni riservate"),
	SPAN_INIT("informazioni confidenziali"), SPAN_INIT("carattere riservato"),
	SPAN_INIT("esclusivamente al destinatario"), SPAN_INIT("ad uso esclusivo"),
	SPAN_INIT("non siete il destinatario"), SPAN_INIT("non è il destinatario"),
	SPAN_INIT("non siate i destinatari"), SPAN_INIT("ricevuto questo messaggio per errore"),
	SPAN_INIT("ricevuto per errore"), SPAN_INIT("per errore, vi preghiamo"),
	SPAN_INIT("prima di stampare"), SPAN_INIT("rispetta l'ambiente"),
	SPAN_INIT("rispetta l’ambiente"), SPAN_INIT("privo di virus"),
	SPAN_INIT("regolamento ue 2016/679"), SPAN_INIT("ai sensi del d.lgs"),
	SPAN_INIT("konfidentiell information"), SPAN_INIT("konfidentiellt"),
	SPAN_INIT("avsedd endast för"), SPAN_INIT("endast avsett för"), SPAN_INIT("avsett för"),
	SPAN_INIT("inte är den avsedda"), SPAN_INIT("av misstag"), SPAN_INIT("tänk på miljön"),
	SPAN_INIT("innan du skriver ut"), SPAN_INIT("fortrolige oplysninger"),
	SPAN_INIT("fortrolig informasjon"), SPAN_INIT("fortrolig information"),
	SPAN_INIT("kun beregnet for"), SPAN_INIT("kun beregnet til"), SPAN_INIT("kun ment for"),
	SPAN_INIT("ikke er rette modtager"), SPAN_INIT("ikke er den tiltænkte"),
	SPAN_INIT("ikke er rette mottaker"), SPAN_INIT("ved en fejl"), SPAN_INIT("ved en feil"),
	SPAN_INIT("tænk på miljøet"), SPAN_INIT("tenk på miljøet"),
	SPAN_INIT("behandler personoplysninger"), SPAN_INIT("behandlar dina personuppgifter"),
	SPAN_INIT("luottamuksellista"), SPAN_INIT("luottamuksellinen"),
	SPAN_INIT("tarkoitettu vain"), SPAN_INIT("ette ole viestin"), SPAN_INIT("konfidentsiaal"),
	SPAN_INIT("informacje poufne"), SPAN_INIT("informacje poufn"), SPAN_INIT("jest poufna"),
	SPAN_INIT("poufne i"), SPAN_INIT("wyłącznie dla adresata"),
	SPAN_INIT("przeznaczona wyłącznie"), SPAN_INIT("przeznaczone wyłącznie"),
	SPAN_INIT("nie jest pan"), SPAN_INIT("nie są państwo adresat"),
	SPAN_INIT("nie jesteś adresatem"),
	SPAN_INIT("otrzymali państwo tę wiadomość przez pomyłkę"), SPAN_INIT("przez pomyłkę"),
	SPAN_INIT("przez omyłkę"), SPAN_INIT("administratorem danych osobowych"),
	SPAN_INIT("pomyśl o środowisku"), SPAN_INIT("zanim wydrukujesz"), SPAN_INIT("sąd rejonowy"),
	SPAN_INIT("důvěrné informace"), SPAN_INIT("jsou důvěrné"), SPAN_INIT("určena výhradně"),
	SPAN_INIT("určen výhradně"), SPAN_INIT("nejste-li zamýšleným"),
	SPAN_INIT("nejste zamýšleným"), SPAN_INIT("omylem obdrželi"), SPAN_INIT("obdrželi omylem"),
	SPAN_INIT("dôverné informácie"), SPAN_INIT("určená výlučne"),
	SPAN_INIT("nie ste adresátom"), SPAN_INIT("bizalmas információ"),
	SPAN_INIT("kizárólag a címzett"), SPAN_INIT("nem ön a címzett"), SPAN_INIT("tévedésből"),
	SPAN_INIT("informații confidențiale"), SPAN_INIT("informaţii confidenţiale"),
	SPAN_INIT("destinat exclusiv"), SPAN_INIT("nu sunteți destinatarul"),
	SPAN_INIT("din greșeală"), SPAN_INIT("povjerljive informacije"),
	SPAN_INIT("namijenjena isključivo"), SPAN_INIT("namijenjen isključivo"),
	SPAN_INIT("poverljive informacije"), SPAN_INIT("niste primatelj"),
	SPAN_INIT("zaupne informacije"), SPAN_INIT("gizli bilgi"), SPAN_INIT("gizlidir"),
	SPAN_INIT("alıcısı değilseniz"), SPAN_INIT("yanlışlıkla"),
	SPAN_INIT("конфиденциальную информацию"), SPAN_INIT("конфиденциальная информация"),
	SPAN_INIT("конфиденциальна"), SPAN_INIT("не являетесь адресатом"),
	SPAN_INIT("предназначено исключительно"), SPAN_INIT("конфіденційну інформацію"),
	SPAN_INIT("поверителна информация"), SPAN_INIT("εμπιστευτικές πληροφορίες"),
	SPAN_INIT("αποκλειστικά για")};

static bool is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (unsigned char)byte >= 0x80;
}

/* One of the phrases begins at one of its words. */
static bool is_notice(struct span line)
{
	static struct beginnings beginnings;

	for (size_t i = 0; i < line.size; i++)
		if (is_letter(line.data[i]) && (i == 0 || !is_letter(line.data[i - 1])) &&
			beginning_size(&beginnings, notices, ARRAY_COUNT(notices),
				span_after(line, i)) > 0)
			return true;
	return false;
}

/* Stars, lines and headings above a notice belong to it. */
static bool is_ornament(struct span line)
{
	struct span text = line_trim(line);

	for (size_t i = 0; i < text.size; i++)
		if (!memchr("*_-=~#+ ", text.data[i], 8))
			return span_ends(text, SPAN(":")) && text.size < NOTICE_BYTES_MIN &&
			       span_find_byte(text, ' ') < 0;
	return text.size > 2;
}

static size_t paragraph_begin(const struct lines *lines, size_t at)
{
	while (at > 0 && !line_is_blank(lines->items[at - 1]))
		at--;
	return at;
}

static size_t paragraph_bytes(const struct lines *lines, size_t at)
{
	size_t bytes = 0;

	for (; at < lines->count && !line_is_blank(lines->items[at]); at++)
		bytes += lines->items[at].size;
	return bytes;
}

static size_t with_ornaments(const struct lines *lines, size_t at)
{
	for (size_t above = at; above > 0; above--) {
		struct span line = lines->items[above - 1];

		if (!line_is_blank(line) && !is_ornament(line))
			break;
		if (!line_is_blank(line))
			at = above - 1;
	}
	return at;
}

size_t disclaimer_begin(const struct lines *lines)
{
	size_t filled = 0, begin = lines->count;

	for (size_t i = lines->count; i > 0 && filled < NOTICE_LINES_MAX; i--) {
		struct span line = lines->items[i - 1];

		filled += !line_is_blank(line);
		if (line.size < NOTICE_BYTES_MIN / 3 || !is_notice(line))
			continue;
		size_t first = paragraph_begin(lines, i - 1);
		/* a name right above it, without an empty line, is no part of it */
		while (first < i - 1 && lines->items[first].size < NOTICE_BYTES_MIN &&
			!is_ornament(lines->items[first]) && !is_notice(lines->items[first]))
			first++;
		if (paragraph_bytes(lines, first) >= NOTICE_BYTES_MIN)
			begin = first;
		i = first + 1;
	}
	return begin < lines->count ? with_ornaments(lines, begin) : begin;
}
