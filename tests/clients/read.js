/*
 * Reads calendars by ical.js and node-ical: each line of standard input is one as a JSON string,
 * each line of standard output what they make of it, {icaljs: [item], nodeical: [item]} or {error}.
 * An item is {type, uid, summary, description, names, start}: the names of its properties, and the
 * start (the due moment of a task) as a day or an instant in UTC. node-ical leaves a due moment as
 * it stands: none is given. NODE_PATH names the folder of both.
 */
const readline = require('readline');
const ICAL = require('ical.js');
const nodeIcal = require('node-ical');

function byIcalJs(text) {
	const calendar = new ICAL.Component(ICAL.parse(text));

	ICAL.TimezoneService.reset(); // it would keep the first definition of a name
	for (const zone of calendar.getAllSubcomponents('vtimezone'))
		ICAL.TimezoneService.register(new ICAL.Timezone(zone));
	return calendar.getAllSubcomponents()
		.filter((component) => component.name !== 'vtimezone')
		.map((component) => {
			const start = component.getFirstPropertyValue(
				component.name === 'vevent' ? 'dtstart' : 'due');

			return {
				type: component.name.toUpperCase(),
				uid: component.getFirstPropertyValue('uid'),
				summary: component.getFirstPropertyValue('summary'),
				description: component.getFirstPropertyValue('description') ?? '',
				names: component.getAllProperties().map((property) => property.name.toUpperCase()),
				start: start === null ? null : start.isDate ? start.toString()
					: start.toJSDate().toISOString(),
			};
		});
}

/* Its whole days are midnights in the zone of this process. */
function startByNodeIcal(item) {
	if (item.type !== 'VEVENT')
		return null;
	if (item.datetype !== 'date')
		return item.start.toISOString();
	return [item.start.getFullYear(), item.start.getMonth() + 1, item.start.getDate()]
		.map((number) => String(number).padStart(2, '0')).join('-');
}

function byNodeIcal(text) {
	return Object.values(nodeIcal.sync.parseICS(text))
		.filter((item) => item.type === 'VEVENT' || item.type === 'VTODO')
		.map((item) => ({
			type: item.type,
			uid: item.uid,
			summary: item.summary,
			description: item.description ?? '',
			start: startByNodeIcal(item),
		}));
}

readline.createInterface({input: process.stdin}).on('line', (line) => {
	let answer;
	try {
		const text = JSON.parse(line);
		answer = {icaljs: byIcalJs(text), nodeical: byNodeIcal(text)};
	} catch (failure) {
		answer = {error: String(failure)};
	}
	process.stdout.write(JSON.stringify(answer) + '\n');
});
