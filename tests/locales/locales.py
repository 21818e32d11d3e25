"""What mail programs write around a forwarded or answered mail, by language.

Each row: the labels From, Date, Sent (Outlook), To, Cc, Subject; Apple's line above a forwarded
mail; the words between dashes of Thunderbird, Yahoo and kin; one date as programs write it there
(always 2026-11-03 14:25); attribution lines above a quote with {name} and {address}.
"""
from typing import NamedTuple


class Locale(NamedTuple):
    code: str
    sender: str
    date: str
    sent: str
    to: str
    cc: str
    subject: str
    apple: str
    marker: str
    dates: list
    attributions: list


LOCALES = [
    Locale('en', 'From', 'Date', 'Sent', 'To', 'Cc', 'Subject', 'Begin forwarded message:', 'Forwarded Message',
           ['November 3, 2026 at 2:25 PM', 'Tuesday, November 3, 2026 2:25 PM', '3 November 2026 at 14:25:00 CET', 'Tue, Nov 3, 2026 at 2:25 PM'],
           ['On Tue, Nov 3, 2026 at 2:25 PM {name} <{address}> wrote:', 'On 3 Nov 2026, at 14:25, {name} <{address}> wrote:',
            'On 03/11/2026 14:25, {name} wrote:', 'On Tuesday, November 3rd, 2026 at 2:25 PM, {name} <{address}> wrote:']),
    Locale('de', 'Von', 'Datum', 'Gesendet', 'An', 'Kopie', 'Betreff', 'Anfang der weitergeleiteten Nachricht:', 'Weitergeleitete Nachricht',
           ['3. November 2026 um 14:25:00 MEZ', 'Dienstag, 3. November 2026 14:25', 'Di., 3. Nov. 2026 um 14:25 Uhr'],
           ['Am Di., 3. Nov. 2026 um 14:25 Uhr schrieb {name} <{address}>:', 'Am 03.11.26 um 14:25 schrieb {name}:',
            'Am Dienstag, 3. November 2026, 14:25:00 MEZ hat {name} <{address}> Folgendes geschrieben:']),
    Locale('nl', 'Van', 'Datum', 'Verzonden', 'Aan', 'Kopie', 'Onderwerp', 'Begin doorgestuurd bericht:', 'Doorgestuurd bericht',
           ['3 november 2026 om 14:25:00 CET', 'dinsdag 3 november 2026 14:25', 'di 3 nov. 2026 om 14:25'],
           ['Op di 3 nov. 2026 om 14:25 schreef {name} <{address}>:', 'Op 3 nov. 2026, om 14:25 heeft {name} <{address}> het volgende geschreven:',
            'Op 03-11-2026 om 14:25 schreef {name}:']),
    Locale('fr', 'De', 'Date', 'Envoyé', 'À', 'Copie à', 'Objet', 'Début du message transféré\u00a0:', 'Message transféré',
           ['3 novembre 2026 à 14:25:00 UTC+1', 'mardi 3 novembre 2026 14:25', 'mar. 3 nov. 2026 à 14:25'],
           ['Le mar. 3 nov. 2026 à 14:25, {name} <{address}> a écrit :', 'Le 03/11/2026 à 14:25, {name} a écrit\u00a0:']),
    Locale('es', 'De', 'Fecha', 'Enviado', 'Para', 'CC', 'Asunto', 'Inicio del mensaje reenviado:', 'Mensaje reenviado',
           ['3 de noviembre de 2026, 14:25:00 CET', 'martes, 3 de noviembre de 2026 14:25', 'mar, 3 nov 2026 a las 14:25'],
           ['El mar, 3 nov 2026 a las 14:25, {name} (<{address}>) escribió:', 'El 3/11/26 a las 14:25, {name} escribió:']),
    Locale('it', 'Da', 'Data', 'Inviato', 'A', 'Cc', 'Oggetto', 'Inizio messaggio inoltrato:', 'Messaggio inoltrato',
           ['3 novembre 2026 14:25:00 CET', 'martedì 3 novembre 2026 14:25', 'mar 3 nov 2026 alle ore 14:25'],
           ['Il giorno mar 3 nov 2026 alle ore 14:25 {name} <{address}> ha scritto:', 'Il 03/11/26 14:25, {name} ha scritto:']),
    Locale('pt', 'De', 'Data', 'Enviado', 'Para', 'Cc', 'Assunto', 'Início da mensagem reencaminhada:', 'Mensagem reencaminhada',
           ['3 de novembro de 2026, 14:25:00 WET', 'terça-feira, 3 de novembro de 2026 14:25'],
           ['{name} <{address}> escreveu no dia terça, 3/11/2026 à(s) 14:25:', 'No dia 3/11/2026, às 14:25, {name} <{address}> escreveu:',
            'Às 14:25 de 03/11/2026, {name} escreveu:']),
    Locale('pt-br', 'De', 'Data', 'Enviada em', 'Para', 'Cc', 'Assunto', 'Início da mensagem encaminhada:', 'Mensagem encaminhada',
           ['3 de novembro de 2026 14:25:00 BRT', 'ter., 3 de nov. de 2026 às 14:25'],
           ['Em ter., 3 de nov. de 2026 às 14:25, {name} <{address}> escreveu:', 'Em 03/11/2026 14:25, {name} escreveu:']),
    Locale('ro', 'De la', 'Dată', 'Trimis', 'Către', 'Cc', 'Subiect', 'Începe mesajul redirecționat:', 'Mesaj redirecționat',
           ['3 noiembrie 2026 la 14:25:00 EET', 'marți, 3 noiembrie 2026 14:25', 'mar., 3 nov. 2026 la 14:25'],
           ['mar., 3 nov. 2026 la 14:25, {name} <{address}> a scris:', 'Pe 03.11.2026 14:25, {name} a scris:']),
    Locale('da', 'Fra', 'Dato', 'Sendt', 'Til', 'Kopi', 'Emne', 'Start på videresendt besked:', 'Videresendt meddelelse',
           ['3. november 2026 kl. 14.25.00 CET', '3. november 2026 14:25', 'tirs. 3. nov. 2026 kl. 14.25'],
           ['Den tirs. 3. nov. 2026 kl. 14.25 skrev {name} <{address}>:', 'Den 03.11.2026 kl. 14.25 skrev {name}:']),
    Locale('no', 'Fra', 'Dato', 'Sendt', 'Til', 'Kopi', 'Emne', 'Videresendt melding:', 'Videresendt melding',
           ['3. november 2026 kl. 14:25:00 CET', 'tirsdag 3. november 2026 14:25', 'tir. 3. nov. 2026 kl. 14:25'],
           ['tir. 3. nov. 2026 kl. 14:25 skrev {name} <{address}>:', '3. nov. 2026 kl. 14:25 skrev {name} <{address}>:']),
    Locale('sv', 'Från', 'Datum', 'Skickat', 'Till', 'Kopia', 'Ämne', 'Vidarebefordrat brev:', 'Vidarebefordrat meddelande',
           ['3 november 2026 14:25:00 CET', 'den 3 november 2026 14:25', 'tis 3 nov. 2026 kl 14:25'],
           ['Den tis 3 nov. 2026 kl 14:25 skrev {name} <{address}>:', '3 nov. 2026 kl. 14:25 skrev {name} <{address}>:']),
    Locale('fi', 'Lähettäjä', 'Päivämäärä', 'Lähetetty', 'Vastaanottaja', 'Kopio', 'Aihe', 'Välitetty viesti alkaa:', 'Edelleenlähetetty viesti',
           ['3. marraskuuta 2026 klo 14.25.00 EET', 'tiistai 3. marraskuuta 2026 14.25', 'ti 3. marrask. 2026 klo 14.25'],
           ['ti 3. marrask. 2026 klo 14.25 {name} ({address}) kirjoitti:', '{name} <{address}> kirjoitti 3.11.2026 kello 14.25:']),
    Locale('et', 'Saatja', 'Kuupäev', 'Saadetud', 'Saaja', 'Koopia', 'Teema', 'Algab edastatud kiri:', 'Edastatud kiri',
           ['3. november 2026 14:25:00 EET', 'teisipäev, 3. november 2026 14:25'],
           ['Kuupäev T, 3. november 2026 kell 14:25 kirjutas {name} <{address}>:', '{name} <{address}> kirjutas 03.11.2026 kell 14:25:']),
    Locale('pl', 'Od', 'Data', 'Wysłano', 'Do', 'DW', 'Temat', 'Początek przekazywanej wiadomości:', 'Przekazana wiadomość',
           ['3 listopada 2026 o 14:25:00 CET', 'wtorek, 3 listopada 2026 14:25', 'wt., 3 lis 2026 o 14:25'],
           ['wt., 3 lis 2026 o 14:25 {name} <{address}> napisał(a):', 'W dniu 3.11.2026 o 14:25, {name} pisze:',
            'Wiadomość napisana przez {name} <{address}> w dniu 03.11.2026, o godz. 14:25:']),
    Locale('cs', 'Od', 'Datum', 'Odesláno', 'Komu', 'Kopie', 'Předmět', 'Začátek přeposílané zprávy:', 'Přeposlaná zpráva',
           ['3. listopadu 2026 14:25:00 SEČ', 'úterý 3. listopadu 2026 14:25', 'út 3. 11. 2026 v 14:25'],
           ['út 3. 11. 2026 v 14:25 odesílatel {name} <{address}> napsal:', 'Dne 03. 11. 26 v 14:25 {name} napsal(a):']),
    Locale('sk', 'Od', 'Dátum', 'Odoslané', 'Komu', 'Kópia', 'Predmet', 'Začiatok preposlanej správy:', 'Preposlaná správa',
           ['3. novembra 2026, 14:25:00 CET', 'utorok 3. novembra 2026 14:25', 'ut 3. 11. 2026 o 14:25'],
           ['ut 3. 11. 2026 o 14:25 {name} <{address}> napísal(a):', 'Dňa 3. 11. 2026 o 14:25 {name} napísal(a):']),
    Locale('hu', 'Feladó', 'Dátum', 'Elküldve', 'Címzett', 'Másolat', 'Tárgy', 'Továbbított levél kezdete:', 'Továbbított üzenet',
           ['2026. november 3. 14:25:00 CET', '2026. november 3., kedd 14:25', '2026. nov. 3., K, 14:25'],
           ['{name} <{address}> ezt írta (időpont: 2026. nov. 3., K, 14:25):', '2026. 11. 03. 14:25 keltezéssel, {name} <{address}> írta:']),
    Locale('hr', 'Od', 'Datum', 'Poslano', 'Za', 'Kopija', 'Predmet', 'Započni proslijeđenu poruku:', 'Proslijeđena poruka',
           ['3. studenoga 2026. u 14:25:00 CET', 'utorak, 3. studenoga 2026. 14:25', 'uto, 3. stu 2026. u 14:25'],
           ['uto, 3. stu 2026. u 14:25 {name} <{address}> napisao je:', 'Dana 3.11.2026. u 14:25, {name} je napisao:']),
    Locale('sl', 'Od', 'Datum', 'Poslano', 'Za', 'Kp', 'Zadeva', 'Začetek posredovanega sporočila:', 'Posredovano sporočilo',
           ['3. november 2026 14:25:00 CET', 'torek, 03. november 2026 14:25'],
           ['V V tor., 3. nov. 2026 ob 14:25 je oseba {name} <{address}> napisala:', 'Dne 3. 11. 26 ob 14:25 je {name} napisal:']),
    Locale('tr', 'Kimden', 'Tarih', 'Gönderildi', 'Kime', 'Bilgi', 'Konu', 'İleti başlangıcı:', 'Yönlendirilmiş İleti',
           ['3 Kasım 2026 14:25:00 GMT+3', '3 Kasım 2026 Salı 14:25', '3 Kas 2026 Sal, 14:25'],
           ['{name} <{address}>, 3 Kas 2026 Sal, 14:25 tarihinde şunu yazdı:', '{name} <{address}> şunları yazdı (3 Kas 2026 14:25):']),
    Locale('ru', 'От', 'Дата', 'Отправлено', 'Кому', 'Копия', 'Тема', 'Начало переадресованного сообщения:', 'Перенаправленное сообщение',
           ['3 ноября 2026 г., 14:25:00 GMT+3', '3 ноября 2026 г. 14:25', 'вт, 3 нояб. 2026 г. в 14:25'],
           ['вт, 3 нояб. 2026 г. в 14:25, {name} <{address}>:', '03.11.2026 14:25, {name} <{address}> пишет:',
            '3 нояб. 2026 г., в 14:25, {name} <{address}> написал(а):']),
    Locale('uk', 'Від', 'Дата', 'Надіслано', 'Кому', 'Копія', 'Тема', 'Початок листа, що пересилається:', 'Переслане повідомлення',
           ['3 листопада 2026 р. о 14:25:00 EET', 'вівторок, 3 листопада 2026 р. 14:25', 'вт, 3 лист. 2026 р. о 14:25'],
           ['вт, 3 лист. 2026 р. о 14:25 {name} <{address}> пише:', '03.11.26 14:25, {name} <{address}> пише:']),
    Locale('bg', 'От', 'Дата', 'Изпратено', 'До', 'Копие', 'Относно', 'Начало на препратеното съобщение:', 'Препратено съобщение',
           ['3 ноември 2026 г., 14:25:00 EET', 'вторник, 3 ноември 2026 г. 14:25'],
           ['На вт, 3.11.2026 г. в 14:25 {name} <{address}> написа:']),
    Locale('el', 'Από', 'Ημερομηνία', 'Στάλθηκε', 'Προς', 'Κοιν.', 'Θέμα', 'Έναρξη προωθημένου μηνύματος:', 'Προωθημένο μήνυμα',
           ['3 Νοεμβρίου 2026 στις 2:25:00 μ.μ. EET', 'Τρίτη, 3 Νοεμβρίου 2026 2:25 μμ'],
           ['Στις Τρί 3 Νοε 2026 στις 2:25 μ.μ., ο χρήστης {name} <{address}> έγραψε:']),
    Locale('lt', 'Nuo', 'Data', 'Išsiųsta', 'Kam', 'Kopija', 'Tema', 'Persiųsto laiško pradžia:', 'Persiųstas laiškas',
           ['2026 m. lapkričio 3 d. 14:25:00 EET'],
           ['2026-11-03, an, 14:25 {name} <{address}> rašė:']),
    Locale('ca', 'De', 'Data', 'Enviat', 'Per a', 'A/c', 'Assumpte', 'Inici del missatge reenviat:', 'Missatge reenviat',
           ['3 de novembre de 2026, 14:25:00 CET'],
           ['Missatge de {name} <{address}> del dia dt., 3 de nov. 2026 a les 14:25:']),
    Locale('ja', '差出人', '日時', '送信日時', '宛先', 'CC', '件名', '転送されたメッセージ:', '転送されたメッセージ',
           ['2026年11月3日 14:25:00 JST', '2026年11月3日火曜日 午後2:25'],
           ['2026年11月3日(火) 14:25 {name} <{address}>:', '2026/11/03 14:25、{name} <{address}>のメール：']),
    Locale('zh', '发件人', '日期', '发送时间', '收件人', '抄送', '主题', '以下是转发的邮件：', '转发的邮件',
           ['2026年11月3日 14:25:00 GMT+8', '2026年11月3日星期二 下午2:25'],
           ['{name} <{address}> 于2026年11月3日周二 14:25写道：', '在 2026/11/3 14:25, {name} <{address}> 写道:']),
]
