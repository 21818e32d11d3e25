/* The words beside values on invoices: English, German, Dutch and French first. */
#include "parser/invoice_label.h"

const struct label_group label_groups[] = {
	{FIELD_NUMBER, LABEL_CLEAR, "# invoice|belegnummer"},
	{FIELD_PRECEDING, LABEL_STRONG,
		"for invoice|to invoice|against invoice|of invoice|original invoice|"
		"original invoice number|original invoice no|referenced invoice|related invoice|"
		"credited invoice|corrects invoice|reverses invoice|previous invoice number|"
		"zu rechnung|zur rechnung|zu ihrer rechnung|fur rechnung|ursprungsrechnung|"
		"ursprungliche rechnung|originalrechnung|bezug rechnung|bezugsrechnung|"
		"rechnungsbezug|storno zu rechnung|korrektur zu rechnung|bij factuur|"
		"betreft factuur|op factuur|van factuur|inzake factuur|voor factuur|"
		"oorspronkelijke factuur|originele factuur|creditering factuur|"
		"facture d origine|sur facture|sur la facture|avoir sur facture|"
		"relatif a la facture|concerne la facture|annule la facture|"
		"factura rectificada|factura original|rif fattura|fattura di riferimento|"
		"do faktury|k fakture|till faktura|til faktura"},
	{FIELD_NUMBER, LABEL_WEAK, "your invoice|szamlaszam|vorgangsnummer"},
	{FIELD_NUMBER, LABEL_STRONG,
		"faktura vat nr|faktura danovy doklad c|faktura danovy doklad cislo"},
	{FIELD_NUMBER, LABEL_VAGUE, "faktura vat"},
	{FIELD_PAYMENT, LABEL_CLEAR, "zahlungsreferenz|mededeling|referenznummer"},
	{FIELD_ISSUE, LABEL_STRONG,
		"date of invoice|date of issue|issue date|date issued|ausstellungsdatum|"
		"date d emission|date emission|date de facturation|facture emise le|"
		"fecha de emision|fecha emision|fecha de expedicion|data di emissione|"
		"data emissione|data de emissao|data emissao|data wystawienia|datum vystaveni|"
		"datum vystavenia|szamla kelte|data emiterii|datum izdavanja|duzenleme tarihi"},
	{FIELD_ISSUE, LABEL_CLEAR,
		"issued at|issued on|invoiced on|statement date|billed "
		"on|erstellungsdatum|ausgestellt am|"
		"dagtekening|date d edition|facture du|emise le|emis le|rechnung vom|"
		"factuur van|vystaveno"},
	{FIELD_ISSUE, LABEL_VAGUE, "issued"},
	{FIELD_ISSUE, LABEL_WEAK, "tax point|druckdatum|den|d d|le"},
	{FIELD_DUE, LABEL_STRONG,
		"due date|date due|payment due date|payment due by|please pay by|"
		"invoice due date|falligkeitsdatum|faelligkeitsdatum|falligkeit|faelligkeit|"
		"fallig am|faellig am|fallig bis|fallig zum|zahlbar bis|zahlbar bis zum|"
		"zahlbar am|zahlungstermin|zu zahlen bis|vervaldatum|verval datum|vervaldag|"
		"factuur vervaldatum|uiterste betaaldatum|te betalen voor|date d echeance|"
		"date echeance|echeance|echeance le|a payer avant|a payer avant le|"
		"a regler avant le|date limite de paiement|payable le|fecha de vencimiento|"
		"fecha vencimiento|vencimiento|vencimientos|data di scadenza|data scadenza|"
		"scadenza|scadenze|data de vencimento|vencimento|termin platnosci|"
		"termin zaplaty|datum splatnosti|splatnost|fizetesi hatarido|forfallodatum|"
		"forfallsdato|forfaldsdato|forfall|forfaldsdag|betalas senast|betales senest|"
		"erapaiva|data scadentei|datum dospijeca|vade tarihi"},
	{FIELD_DUE, LABEL_CLEAR,
		"due on|due by|payment due|pay by|payable by|payable on|invoice due|fallig|"
		"zahlungsziel|zahlungsfrist|bitte uberweisen sie bis|voldoen voor|betalen voor|"
		"uiterlijk op|uiterlijk|date de reglement|scadenta"},
	{FIELD_DUE, LABEL_VAGUE, "remit until|remit by|payment date|betaaldatum|senast"},
	{FIELD_TERMS, LABEL_STRONG,
		"payment terms|terms of payment|zahlungsbedingungen|zahlungsbedingung|"
		"zahlbar innerhalb|zahlbar innert|zahlbar binnen|zahlung innerhalb|"
		"betalingstermijn|betalingsconditie|betalingscondities|betalingsvoorwaarden|"
		"betaling binnen|te voldoen binnen|te betalen binnen|conditions de paiement|"
		"conditions de reglement|delai de paiement|paiement sous|condiciones de pago|"
		"condizioni di pagamento|betalningsvillkor|betalingsbetingelser|payment within|"
		"payable within|due within|due in"},
	{FIELD_TERMS, LABEL_VAGUE, "terms"},
	{FIELD_TERMS, LABEL_WEAK, "binnen|within"},
	{FIELD_TERMS, LABEL_CLEAR, "paiement a"},
	{FIELD_TOTAL, LABEL_STRONG,
		"grand total|grandtotal|total amount|gross amount|gross total|total gross|"
		"total charged|total including|total inc|total inc vat|total incl|"
		"total incl vat|total inc gst|total incl gst|total incl tax|total inc tax|"
		"total including vat|total including tax|total including gst|total with vat|"
		"total with tax|total after tax|total invoice value|gesamtbetrag|gesamtsumme|"
		"gesamt brutto|gesamt inkl|endsumme|endbetrag|bruttobetrag|bruttosumme|"
		"summe brutto|betrag brutto|summe inkl|totalbetrag|totaalbedrag|totaal bedrag|"
		"totaal incl|totaal inclusief|totaal incl btw|totaal inclusief btw|"
		"factuur totaal eur|eindbedrag|eindtotaal|total ttc|totale ttc|montant ttc|"
		"montant total ttc|total t t c|total facture ttc|montant total|somme totale|"
		"total general|importe total|total importe|total con iva|total iva incluido|"
		"totale documento|totale fattura|importo totale|total geral|valor total|"
		"kwota brutto|celkova castka|vegosszeg|totalsumma|genel toplam"},
	{FIELD_TOTAL, LABEL_VAGUE,
		"total price|total cost|total value|total|gesamt|insgesamt|brutto|summe|"
		"incl btw|totaal|ttc|totale|razem|suma|celkem|spolu|osszesen|i alt|totalt|summa|"
		"yhteensa|ukupno|toplam"},
	{FIELD_TOTAL, LABEL_CLEAR,
		"order total|total charges|amount charged|total eur|total usd|total gbp|"
		"total chf|endpreis|inclusief btw|wartosc brutto"},
	{FIELD_PAYABLE, LABEL_STRONG,
		"due payable|total payment due|net to pay|total payable|amount due|amount to "
		"pay|amount payable|total due|"
		"total amount due|total amount payable|total amount due on|total due on|"
		"total to pay|balance due|outstanding amount|zu zahlen|zu zahlender betrag|"
		"zu bezahlen|zahlbetrag|zahlungsbetrag|offener betrag|uberweisungsbetrag|"
		"zu uberweisen|te betalen|te betalen bedrag|totaal te betalen|te voldoen|"
		"openstaand bedrag|net a payer|montant a payer|total a payer|somme a payer|"
		"reste a payer|solde a payer|montant preleve|total a pagar|importe a pagar|"
		"totale da pagare|netto a pagare|valor a pagar|do zaplaty|razem do zaplaty|"
		"kwota do zaplaty|k uhrade|celkem k uhrade|fizetendo|att betala|"
		"summa att betala|at betale|a betale|til betaling|maksettava|total de plata|"
		"za platiti|odenecek tutar"},
	{FIELD_TOTAL, LABEL_WEAK,
		"totals|amount|gesamtpreis|betrag|bedrag|prix total|montant|importe|sum"},
	{FIELD_PAYABLE, LABEL_CLEAR,
		"to pay|outstanding balance|please pay|montant du|solde du|a payer|a pagar|"
		"da pagare"},
	{FIELD_PAYABLE, LABEL_WEAK, "balance"},
	{FIELD_NET, LABEL_CLEAR,
		"subtotal|sub total|net value|taxable amount|taxable value|zwischensumme|"
		"subtotaal|excl btw|grondslag|base ht|sous total|totale merce|total iliquido|"
		"base tributavel|wartosc netto|veroton|ara toplam"},
	{FIELD_NET, LABEL_STRONG,
		"rechnungssumme ohne|rechnungssumme netto|summe ohne ust|net amount|net "
		"total|total net|total before tax|total before vat|total ex vat|"
		"total exc vat|total excl vat|total excluding vat|total excluding tax|"
		"total excl tax|total excl|total ex gst|total excl gst|total without vat|"
		"amount before tax|amount excl vat|nettobetrag|nettosumme|netto summe|"
		"summe netto|gesamt netto|gesamtbetrag netto|gesamtsumme netto|"
		"rechnungsbetrag netto|betrag netto|summe exkl|summe ohne|totaal excl|"
		"totaal exclusief|totaal excl btw|totaal exclusief btw|exclusief btw|"
		"nettobedrag|netto bedrag|total ht|total h t|total hors taxes|montant ht|"
		"montant total ht|total net ht|base imponible|total neto|importe neto|"
		"imponibile|totale imponibile|totale netto|kwota netto|zaklad dane|"
		"belopp exkl moms|belop eks mva|belob eks moms|summa exkl moms|subtotal uden moms"},
	{FIELD_NET, LABEL_VAGUE, "net|netto|warenwert"},
	{FIELD_NET, LABEL_WEAK, "ht"},
	{FIELD_TAX, LABEL_CLEAR,
		"vat|v a t|tax|taxes|gst|igst|hst|mwst|ust|steuer|btw|b t w|tva|t v a|dont tva|"
		"iva|i v a|imposta|podatek vat|dph|moms|mva|alv|pdv|kdv"},
	{FIELD_TAX, LABEL_STRONG,
		"vat amount|vat total|total vat|value added tax|tax amount|total tax|"
		"total taxes|sales tax|mehrwertsteuer|umsatzsteuer|mwst betrag|ust betrag|"
		"steuerbetrag|summe mwst|btw bedrag|totaal btw|omzetbelasting|total tva|"
		"montant tva|montant de la tva|total iva|cuota iva|totale iva|totale imposta|"
		"kwota vat"},
	{FIELD_TAX, LABEL_WEAK, "afa"},
	{FIELD_ORDER, LABEL_STRONG,
		"order number|order no|order nr|order #|order id|purchase order|"
		"purchase order number|purchase order no|your order number|your order no|"
		"customer order no|po number|po no|po #|p o number|bestellnummer|bestell nr|"
		"bestellung nr|ihre bestellnummer|auftragsnummer|auftrags nr|auftrag nr|"
		"ordernummer|bestelnummer|bestel nr|inkoopnummer|inkoopordernummer|"
		"uw ordernummer|numero de commande|no de commande|commande no|numero de pedido|"
		"nr zamowienia"},
	{FIELD_ORDER, LABEL_CLEAR,
		"order ref|order reference|your order|customer order|ihre bestellung|"
		"bon de commande|votre commande"},
	{FIELD_ORDER, LABEL_VAGUE,
		"order|po|p o|bestellung|auftrag|commande|pedido|ordine|zamowienie"},
	{FIELD_CUSTOMER, LABEL_STRONG,
		"customer number|customer no|customer nr|customer id|customer #|customer code|"
		"client number|client no|client id|kundennummer|kunden nr|kd nr|kunde nr|"
		"klantnummer|klant nr|debiteurnummer|debiteur nr|debiteurennummer|relatienummer|"
		"numero de client|numero client|no client|no de client|code client|"
		"reference client|numero de cliente|codigo cliente|codice cliente|kundnummer|"
		"kundenummer|asiakasnumero"},
	{FIELD_REFERENCE, LABEL_CLEAR, "customer ref|customer reference"},
	{FIELD_CUSTOMER, LABEL_WEAK, "customer|kunde"},
	{FIELD_CUSTOMER, LABEL_VAGUE, "account number|account no|klant"},
	{FIELD_CUSTOMER, LABEL_CLEAR, "account id"},
	{FIELD_OTHER, LABEL_CLEAR,
		"identifiant|check in|check out|arrival|departure|paid|skonto|rabatt|korting|"
		"capital|remise|acompte|discount|shipping|price|rate"},
	{FIELD_REFERENCE, LABEL_STRONG,
		"your reference|your ref|ihr zeichen|ihre referenz|uw referentie|uw kenmerk|"
		"votre reference|er referens|leitweg id"},
	{FIELD_REFERENCE, LABEL_WEAK, "reference|ref|referentie|referenz|kenmerk"},
	{FIELD_PAYMENT, LABEL_STRONG,
		"payment reference|payment ref|remittance reference|verwendungszweck|"
		"betalingskenmerk|betalingsreferentie|gestructureerde mededeling|"
		"communication structuree|reference de paiement|ocr nummer|viitenumero|"
		"variabilni symbol"},
	{FIELD_PAYMENT, LABEL_VAGUE, "communication|ocr|kid"},
	{FIELD_VAT_ID, LABEL_STRONG,
		"vat number|vat no|vat nr|vat id|vat identification number|vat reg no|"
		"vat registration number|vat registration no|vat code|ust id nr|ust idnr|ust id|"
		"ust ident nr|umsatzsteuer id|umsatzsteuer identifikationsnummer|"
		"umsatzsteueridentifikationsnummer|uid nr|uid nummer|btw nummer|btw nr|btw id|"
		"btw identificatienummer|numero de tva|no tva|no de tva|tva no|"
		"tva intracommunautaire|tva intracom|no tva intracommunautaire|"
		"numero de tva intracommunautaire|identifiant tva|partita iva|p iva|moms nr|"
		"momsreg nr"},
	{FIELD_OTHER, LABEL_STRONG,
		"gesamtbetrag der zuschlage|gesamtbetrag der abschlage|iban "
		"nr|positionssumme|erhaltene anzahlungen|anzahlung|anzahlungen|vat tin|order "
		"date|date of order|purchase date|ship date|shipping date|"
		"date shipped|delivery date|date of delivery|delivery note|delivery note no|"
		"delivery note number|date of supply|service date|date of service|"
		"service period|billing period|bill period|invoice period|statement period|"
		"date of birth|arrival date|departure date|booking date|booking id|booking no|"
		"start date|end date|payment received|payment method|paid on|amount paid|"
		"total paid|last invoice|previous balance|previous invoice|page|phone|tel|"
		"telephone|telefon|telefoon|fax|mobile|tax id|tax no|tax number|tax reg no|"
		"tax rate|vat rate|vat %|tax %|btw %|mwst %|tva %|ust %|service tax no|"
		"service tax #|gst no|gstin|gst number|pan no|abn|steuernummer|steuer nr|st nr|"
		"finanzamt|hrb|handelsregister|bestelldatum|bestellung vom|auftragsdatum|"
		"auftrag vom|lieferdatum|liefertermin|lieferschein|lieferschein nr|"
		"lieferscheinnummer|leistungsdatum|leistungszeitraum|abrechnungszeitraum|"
		"rechnungszeitraum|zeitraum|versanddatum|artikelnummer|artikel nr|art nr|"
		"vertragsnummer|angebotsnummer|seite|kontonummer|konto nr|blz|orderdatum|"
		"besteldatum|leverdatum|leveringsdatum|verzenddatum|pakbonnummer|periode|kvk|"
		"kvk nummer|kvk nr|rekeningnummer|pagina|date de commande|date commande|"
		"date de livraison|date livraison|bon de livraison|bl no|siret|siren|rcs|"
		"au capital de|fecha de pedido|fecha de entrega|data ordine|data consegna|"
		"data sprzedazy|data dostawy|datum zdanitelneho plneni|duzp|leveransdatum|"
		"orderdato|total discount|total items|total quantity|total qty|total weight|"
		"total pages|unit price|qty|quantity|iban|bic|swift|bank account|serienummer|"
		"seriennummer|project no|contract no|contract number|quote no|quote number|"
		"quotation no"},
	{FIELD_VAT_ID, LABEL_VAGUE, "uid|ondernemingsnummer"},
	{FIELD_VAT_ID, LABEL_CLEAR, "nif|cif|nip|dic|cvr nr"},
	{FIELD_OTHER, LABEL_VAGUE, "period|license|serial"},
	{FIELD_OTHER, LABEL_WEAK, "from|ein"},
};

const size_t label_group_count = ARRAY_COUNT(label_groups);
