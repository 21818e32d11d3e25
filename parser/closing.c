#include "parser/closing.h"

#include "parser/beginning.h"
#include "parser/lines.h"

#define DEVICE_BYTES_MAX 120

static const struct span closings[] = {SPAN_INIT("best regards"), SPAN_INIT("kind regards"),
	SPAN_INIT("warm regards"), SPAN_INIT("warmest regards"), SPAN_INIT("regards"),
	SPAN_INIT("many thanks"), SPAN_INIT("thanks"), SPAN_INIT("thank you"), SPAN_INIT("thx"),
	SPAN_INIT("best wishes"), SPAN_INIT("best"), SPAN_INIT("all the best"), SPAN_INIT("cheers"),
	SPAN_INIT("sincerely"), SPAN_INIT("yours sincerely"), SPAN_INIT("yours faithfully"),
	SPAN_INIT("yours truly"), SPAN_INIT("yours"), SPAN_INIT("cordially"),
	SPAN_INIT("respectfully"), SPAN_INIT("with best regards"), SPAN_INIT("with kind regards"),
	SPAN_INIT("take care"), SPAN_INIT("ciao"), SPAN_INIT("brgds"), SPAN_INIT("rgds"),
	SPAN_INIT("br"), SPAN_INIT("kr"), SPAN_INIT("warmly"),
	SPAN_INIT("many thanks and best regards"), SPAN_INIT("thanks and regards"),
	SPAN_INIT("thanks again"), SPAN_INIT("thanks in advance"), SPAN_INIT("thanks & regards"),
	SPAN_INIT("thanks, and regards"), SPAN_INIT("talk soon"), SPAN_INIT("sincerely yours"),
	SPAN_INIT("love"), SPAN_INIT("mit freundlichen grüßen"),
	SPAN_INIT("mit freundlichen grüssen"), SPAN_INIT("mit freundlichem gruß"),
	SPAN_INIT("mit freundlichem gruss"), SPAN_INIT("freundliche grüße"),
	SPAN_INIT("freundliche grüsse"), SPAN_INIT("viele grüße"), SPAN_INIT("viele grüsse"),
	SPAN_INIT("liebe grüße"), SPAN_INIT("beste grüße"), SPAN_INIT("herzliche grüße"),
	SPAN_INIT("schöne grüße"), SPAN_INIT("schönen gruß"), SPAN_INIT("viele liebe grüße"),
	SPAN_INIT("grüße"), SPAN_INIT("gruß"), SPAN_INIT("gruss"), SPAN_INIT("mfg"),
	SPAN_INIT("lg"), SPAN_INIT("vg"), SPAN_INIT("mit besten grüßen"),
	SPAN_INIT("mit herzlichen grüßen"), SPAN_INIT("hochachtungsvoll"), SPAN_INIT("vielen dank"),
	SPAN_INIT("besten dank"), SPAN_INIT("danke"), SPAN_INIT("danke und gruß"),
	SPAN_INIT("beste grüsse"), SPAN_INIT("liebe grüsse"), SPAN_INIT("met vriendelijke groet"),
	SPAN_INIT("met vriendelijke groeten"), SPAN_INIT("vriendelijke groet"),
	SPAN_INIT("vriendelijke groeten"), SPAN_INIT("met hartelijke groet"),
	SPAN_INIT("hartelijke groet"), SPAN_INIT("hartelijke groeten"), SPAN_INIT("groeten"),
	SPAN_INIT("groet"), SPAN_INIT("groetjes"), SPAN_INIT("mvg"), SPAN_INIT("hoogachtend"),
	SPAN_INIT("alvast bedankt"), SPAN_INIT("bedankt"), SPAN_INIT("cordialement"),
	SPAN_INIT("bien cordialement"), SPAN_INIT("très cordialement"), SPAN_INIT("bien à vous"),
	SPAN_INIT("bien à toi"), SPAN_INIT("sincères salutations"), SPAN_INIT("salutations"),
	SPAN_INIT("meilleures salutations"), SPAN_INIT("amicalement"), SPAN_INIT("merci"),
	SPAN_INIT("merci d'avance"), SPAN_INIT("bonne journée"), SPAN_INIT("bonne réception"),
	SPAN_INIT("cdlt"), SPAN_INIT("cdt"), SPAN_INIT("avec mes meilleures salutations"),
	SPAN_INIT("à bientôt"), SPAN_INIT("saludos"), SPAN_INIT("un saludo"),
	SPAN_INIT("saludos cordiales"), SPAN_INIT("atentamente"), SPAN_INIT("un abrazo"),
	SPAN_INIT("gracias"), SPAN_INIT("cordiali saluti"), SPAN_INIT("distinti saluti"),
	SPAN_INIT("saluti"), SPAN_INIT("un saluto"), SPAN_INIT("grazie"),
	SPAN_INIT("atenciosamente"), SPAN_INIT("cumprimentos"), SPAN_INIT("med vänliga hälsningar"),
	SPAN_INIT("vänliga hälsningar"), SPAN_INIT("mvh"), SPAN_INIT("med venlig hilsen"),
	SPAN_INIT("venlig hilsen"), SPAN_INIT("hilsen"), SPAN_INIT("vh"),
	SPAN_INIT("med vennlig hilsen"), SPAN_INIT("vennlig hilsen"),
	SPAN_INIT("ystävällisin terveisin"), SPAN_INIT("terveisin"), SPAN_INIT("pozdrawiam"),
	SPAN_INIT("z poważaniem"), SPAN_INIT("s pozdravem"), SPAN_INIT("s pozdravom")};

static const struct span devices[] = {SPAN_INIT("sent from "), SPAN_INIT("sent with "),
	SPAN_INIT("sent via "), SPAN_INIT("sent on the go"), SPAN_INIT("get outlook for"),
	SPAN_INIT("sent by "), SPAN_INIT("sent using "), SPAN_INIT("von meinem "),
	SPAN_INIT("gesendet von "), SPAN_INIT("gesendet mit "), SPAN_INIT("gesendet über "),
	SPAN_INIT("gesendet aus "), SPAN_INIT("diese nachricht wurde von mein"),
	SPAN_INIT("outlook für "), SPAN_INIT("holen sie sich outlook"),
	SPAN_INIT("verstuurd vanaf "), SPAN_INIT("verzonden vanaf "), SPAN_INIT("verzonden met "),
	SPAN_INIT("verstuurd met "), SPAN_INIT("verzonden vanuit "), SPAN_INIT("outlook voor "),
	SPAN_INIT("download outlook voor"), SPAN_INIT("envoyé de mon "),
	SPAN_INIT("envoyé depuis "), SPAN_INIT("envoyé à partir de"), SPAN_INIT("envoyé avec "),
	SPAN_INIT("télécharger outlook pour"), SPAN_INIT("obtenez outlook pour"),
	SPAN_INIT("enviado desde "), SPAN_INIT("enviado do meu"), SPAN_INIT("enviado do "),
	SPAN_INIT("enviado a partir"), SPAN_INIT("obtener outlook para"), SPAN_INIT("inviato da "),
	SPAN_INIT("inviato dal mio"), SPAN_INIT("ottieni outlook per"),
	SPAN_INIT("skickat från min"), SPAN_INIT("skickat från "), SPAN_INIT("sendt fra min"),
	SPAN_INIT("sendt fra "), SPAN_INIT("lähetetty "), SPAN_INIT("wysłane z "),
	SPAN_INIT("odesláno z "), SPAN_INIT("отправлено с "), SPAN_INIT("отправлено из ")};

bool closing_is_words(struct span line)
{
	static struct beginnings beginnings;
	struct span text = line_trim(line);

	while (text.size > 0 && memchr(",.!;:-*", text.data[text.size - 1], 7))
		text = span_part(text, 0, text.size - 1);
	while (text.size > 0 && memchr("*-", text.data[0], 2))
		text = span_after(text, 1);
	text = line_trim(text);
	if (!beginning_may_be(&beginnings, closings, ARRAY_COUNT(closings), text))
		return false;
	for (size_t i = 0; i < ARRAY_COUNT(closings); i++)
		if (span_equal_fold(text, closings[i]))
			return true;
	return false;
}

bool closing_is_device(struct span line)
{
	static struct beginnings beginnings;
	struct span text = line_trim(line);

	if (text.size > DEVICE_BYTES_MAX)
		return false;
	while (text.size > 0 && memchr("[(*_-", text.data[0], 5))
		text = span_after(text, 1);
	if (!beginning_may_be(&beginnings, devices, ARRAY_COUNT(devices), text))
		return false;
	for (size_t i = 0; i < ARRAY_COUNT(devices); i++)
		if (span_starts_fold(text, devices[i]))
			return true;
	return false;
}
