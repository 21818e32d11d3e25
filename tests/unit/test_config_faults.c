/*
 * Files with one fault each, and the one line that an administrator reads about it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "config/load.h"

/* The beginning of most cases: 10 lines, so that what follows begins on line 11. */
#define LABEL_50 "abcdefghijklmnopqrstuvwxyabcdefghijklmnopqrstuvwxy"
#define HEAD                                  \
	"organisation:\n"                     \
	"  name: Example Ltd\n"               \
	"  zone: Europe/Amsterdam\n"          \
	"  domains: [example.org]\n"          \
	"users:\n"                            \
	"  - name: anna\n"                    \
	"    addresses: [anna@example.org]\n" \
	"  - name: bert\n"                    \
	"    addresses: bert@example.org\n"   \
	"server: {host: imap.example.org}\n"
#define LOGIN "    login: {user: u, password: {file: /etc/p}}\n"
/* 14 lines; what follows are further keys of the mailbox. */
#define INVOICES              \
	HEAD "mailboxes:\n"   \
	     "  - name: in\n" \
	     "    kind: invoices\n" LOGIN
/* The same without a policy yet. */
#define CAPTURE                \
	HEAD "mailboxes:\n"    \
	     "  - name: crm\n" \
	     "    kind: capture\n" LOGIN

struct fault {
	const char *text, *message;
};

static const struct fault faults[] = {
	/* the document */
	{"", "f.yaml: the file is empty; 'postroom config example' prints one to start from"},
	{"# nothing\n\n", "f.yaml: the file is empty; 'postroom config example' prints one to "
			  "start from"},
	{"hello\n", "f.yaml:1:1: must be a mapping of keys to values, not 'hello'"},
	{"- a\n", "f.yaml:1:1: must be a mapping of keys to values, not a list"},
	{"---\n...\n", "f.yaml: the file is empty; 'postroom config example' prints one to start "
		       "from"},
	{HEAD "---\nparsers: 1\n",
		"f.yaml:11:1: a second document begins here; the file must hold only one"},
	{HEAD "storage:\n\tdirectory: /x\n",
		"f.yaml:12:1: has a tab; YAML is indented with spaces only"},
	{HEAD "storage: &a\n  directory: /x\n",
		"f.yaml:11:10: anchors (&name) are not supported; a value that begins with & needs "
		"quotes"},
	{HEAD "storage: *a\n",
		"f.yaml:11:10: aliases (*name) are not supported; write the value again"},
	{HEAD "*a : 1\n", "f.yaml:11:1: aliases (*name) are not supported; write the value again"},
	{HEAD "parsers: !!int 3\n",
		"f.yaml:11:10: tags (!name) are not supported; a value that begins with ! needs "
		"quotes"},
	{HEAD "? [a, b]\n: 1\n", "f.yaml:11:3: a key must be a word, not a list or a mapping"},
	{"a: [[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]\n", "f.yaml:1:20: is nested too deeply"},
	{HEAD "storage: {directory: /x\n", "f.yaml:12:1: is no valid YAML: did not find expected "
					   "',' or '}' while parsing a flow "
					   "mapping"},
	{"organisation:\n  name: M\xfcller\n",
		"f.yaml:2:10: is no UTF-8; save the file in that encoding"},
	{"# \xc3\xbc \xff\n", "f.yaml:1:5: is no UTF-8; save the file in that encoding"},
	{"\xc3\xbc: \xc2\x80\n", "f.yaml:1:4: has a control character that YAML does not allow"},
	{"a: 1\nb: \xef\xbf\xbf\n", "f.yaml:2:4: has a control character that YAML does not allow"},
	{"a: \x01\n", "f.yaml:1:4: has a control character that YAML does not allow"},

	/* keys */
	{HEAD "parser: 3\n", "f.yaml:11:1: unknown key 'parser'; did you mean 'parsers'?"},
	{HEAD "tag-separator: 3\n",
		"f.yaml:11:1: unknown key 'tag-separator'; did you mean 'tag_separator'?"},
	{HEAD "colour: red\n", "f.yaml:11:1: unknown key 'colour'"},
	{HEAD "domains: [a.org]\n",
		"f.yaml:11:1: unknown key 'domains'; did you mean 'organisation: domains'?"},
	{HEAD "mailboxes:\n  - adresses: [a@example.org]\n",
		"f.yaml:12:5: mailboxes[0]: unknown key 'adresses'; did you mean 'addresses'?"},
	{HEAD "mailboxes:\n  - name: a\n    password: hunter2\n",
		"f.yaml:13:5: mailboxes[0]: unknown key 'password'; did you mean 'login: "
		"password'?"},
	{HEAD "parsers: 1\nparsers: 2\n",
		"f.yaml:12:1: the key 'parsers' stands here twice, first on line 11"},
	{HEAD "mailboxes:\n  - name: a\n    server: {port: 1, port: 1}\n",
		"f.yaml:13:23: mailboxes[0].server: the key 'port' stands here twice, first on "
		"line "
		"13"},
	{"parsers: 1\n", "f.yaml:1:1: the key 'name' is missing (like Example Ltd)"},
	{"organisation:\n  name: E\n",
		"f.yaml:2:3: organisation: the key 'zone' is missing (like Europe/Amsterdam)"},
	{"organisation:\n",
		"f.yaml:1:14: organisation: has no keys below it; give some (they must be indented "
		"more), or leave it out"},
	{HEAD "mailboxes:\n  - name: a\n",
		"f.yaml:12:5: mailboxes[0]: the key 'kind' is missing (like capture)"},

	/* types and bounds */
	{HEAD "parsers: two\n",
		"f.yaml:11:10: parsers: must be a number without quotes, not 'two'"},
	{HEAD "parsers: '2'\n", "f.yaml:11:10: parsers: must be a number without quotes, not '2'"},
	{HEAD "parsers: 0\n", "f.yaml:11:10: parsers: must be from 1 to 64, not '0'"},
	{HEAD "parsers: 99999999999999999999\n", "f.yaml:11:10: parsers: must be a number without "
						 "quotes, not '99999999999999999999'"},
	{HEAD "parsers:\n", "f.yaml:11:9: parsers: has no value; give a number without quotes, or "
			    "leave the key "
			    "out"},
	{HEAD "parsers: [1]\n",
		"f.yaml:11:10: parsers: must be a number without quotes, not a list"},
	{HEAD "limits: {message: 100MB}\n",
		"f.yaml:11:19: limits.message: must be a size like 100MiB (B, KiB, MiB, GiB, TiB), "
		"not '100MB'"},
	{HEAD "limits: {message: 2GiB}\n",
		"f.yaml:11:19: limits.message: must be from 64KiB to 1GiB, not '2GiB'"},
	{HEAD "retention: {ignored: never}\n",
		"f.yaml:11:22: retention.ignored: must be a duration like 30m, 1h or 10y (s, m for "
		"minutes, h, d, w, y), not 'never'"},
	{HEAD "retention: {ignored: 1h}\n",
		"f.yaml:11:22: retention.ignored: must be from 1d to 100y or forever, not '1h'"},
	{HEAD "feed: {listen: '127.0.0.1:1', alerts: yes}\n",
		"f.yaml:11:39: feed.alerts: must be true or false, not 'yes'"},
	{HEAD "feed: {listen: '127.0.0.1:1', alerts: \"true\"}\n",
		"f.yaml:11:39: feed.alerts: must be true or false without quotes, not 'true'"},
	{HEAD "instance: {a: b}\n",
		"f.yaml:11:11: instance: must be a text, not a mapping of keys to values"},
	{HEAD "instance: " LABEL_50 "." LABEL_50 "." LABEL_50 ".example.org\n",
		"f.yaml:11:11: instance: is longer than 150 characters: Outlook takes no longer "
		"identifiers"},
	{HEAD "instance: ''\n", "f.yaml:11:11: instance: must not be empty"},
	{HEAD "instance: ~\n",
		"f.yaml:11:11: instance: has no value; give a text, or leave the key out"},
	{HEAD "leads: {source: \"a\\nb\"}\n",
		"f.yaml:11:17: leads.source: must be one line without control characters"},
	{HEAD "leads: {source: \"a\\0b\"}\n",
		"f.yaml:11:17: leads.source: must be one line without control characters"},
	{HEAD "actions: {prefixes: {a: b}}\n",
		"f.yaml:11:21: actions.prefixes: must be a list, not a mapping of keys to values"},
	{HEAD "mailboxes: {name: x}\n",
		"f.yaml:11:12: mailboxes: must be a list, not a mapping of keys to values; begin "
		"each item with '- '"},
	{HEAD "mailboxes: x\n", "f.yaml:11:12: mailboxes: must be a list; begin each item on a "
				"line of its own with "
				"'- '"},
	{HEAD "finance: {run: {on: thu, at: '24:00', users: anna}}\n",
		"f.yaml:11:30: finance.run.at: must be a time from '00:00' to '23:59', not "
		"'24:00'"},
	{HEAD "finance: {run: {on: thu, at: 9:30, users: anna}}\n",
		"f.yaml:11:30: finance.run.at: must be a time from '00:00' to '23:59', not '9:30'"},
	{HEAD "finance: {run: {on: thu, at: '10:60', users: anna}}\n",
		"f.yaml:11:30: finance.run.at: must be a time from '00:00' to '23:59', not "
		"'10:60'"},
	{HEAD "finance: {run: {on: thu, at: '+1:30', users: anna}}\n",
		"f.yaml:11:30: finance.run.at: must be a time from '00:00' to '23:59', not "
		"'+1:30'"},
	{HEAD "finance: {run: {on: thu, at: [10], users: anna}}\n",
		"f.yaml:11:30: finance.run.at: must be a time like '10:00', not a list"},
	{HEAD "finance: {run: {on: thr, at: '10:00', users: anna}}\n",
		"f.yaml:11:21: finance.run.on: must be one of mon, tue, wed, thu, fri, sat, sun, "
		"not 'thr'; did you mean 'thu'?"},
	{HEAD "finance: {run: {at: '10:00', users: anna}}\n",
		"f.yaml:11:16: finance.run: the key 'on' is missing (like thu)"},
	{HEAD "finance: {run: {on: thu, at: '10:00'}}\n",
		"f.yaml:11:16: finance.run: the key 'users' is missing (like [anna])"},
	{HEAD "finance: {run: {on: thu, at: '10:00', users: []}}\n",
		"f.yaml:11:46: finance.run.users: must name at least one user"},
	{HEAD "finance: {run: {on: thu, at: '10:00', users: [ann]}}\n",
		"f.yaml:11:47: finance.run.users[0]: there is no user 'ann' under 'users'; did you "
		"mean 'anna'?"},
	{HEAD "finance: {run: {on: thu, at: '10:00', users: [anna, bert, Anna]}}\n",
		"f.yaml:11:59: finance.run.users[2]: this user stands in the list twice"},
	{HEAD "finance: {run: {on: thu, at: '10:00', length: 2d, users: anna}}\n",
		"f.yaml:11:47: finance.run.length: must be from 1m to 1d, not '2d'"},
	{HEAD "mailboxes: [x]\n",
		"f.yaml:11:13: mailboxes[0]: must be a mapping of keys to values, not 'x'"},
	{HEAD "feed: 3\n", "f.yaml:11:7: feed: must be a mapping of keys to values, not '3'"},
	{HEAD "support: {priority: hihg}\n",
		"f.yaml:11:21: support.priority: must be one of low, normal, high, urgent, not "
		"'hihg'; did you mean 'high'?"},
	{INVOICES "    since: 2026-02-30\n",
		"f.yaml:15:12: mailboxes[0].since: must be a date that exists, written like "
		"2026-11-21, not '2026-02-30'"},
	{HEAD "tag_separator: '.'\n", "f.yaml:11:16: tag_separator: '.' can not separate an "
				      "address from its tag; use one "
				      "of + - _ = #"},
	{HEAD "storage: {directory: state}\n",
		"f.yaml:11:22: storage.directory: 'state' is no absolute path; it must begin with "
		"'/'"},
	{HEAD "feed: {listen: 8377}\n",
		"f.yaml:11:16: feed.listen: '8377' is no address and port to listen on; they look "
		"like 127.0.0.1:8377"},
	{HEAD "feed: {listen: '::1:8377'}\n",
		"f.yaml:11:16: feed.listen: '::1:8377' is not clear: write an IPv6 address in "
		"brackets, like [::1]:8377"},
	{HEAD "feed: {base_url: crm.example.org}\n",
		"f.yaml:11:18: feed.base_url: 'crm.example.org' is no address of a web server; "
		"they "
		"look like https://crm.example.org"},
	{HEAD "feed: {base_url: 'https://crm.example.org'}\n",
		"f.yaml:11:18: feed.base_url: there is no feed without 'listen' beside it (like "
		"127.0.0.1:8377)"},

	/* organisation and users */
	{"organisation: {name: E, zone: Europe/Amsterdamm, domains: example.org}\n",
		"f.yaml:1:31: organisation.zone: 'Europe/Amsterdamm' is no time zone of this "
		"system; "
		"zones look like Europe/Amsterdam (timedatectl list-timezones prints them)"},
	{"organisation: {name: E, zone: ../../etc/passwd, domains: example.org}\n",
		"f.yaml:1:31: organisation.zone: '../../etc/passwd' is no time zone of this "
		"system; "
		"zones look like Europe/Amsterdam (timedatectl list-timezones prints them)"},
	{"organisation: {name: E, zone: UTC, domains: []}\n",
		"f.yaml:1:45: organisation.domains: must name at least one domain"},
	{"organisation: {name: E, zone: UTC, domains: ['@example.org']}\n",
		"f.yaml:1:46: organisation.domains[0]: '@example.org' is no domain; leave out what "
		"stands before the '@' and the '@' itself"},
	{"organisation: {name: E, zone: UTC, domains: [a.test, GMX.de]}\n",
		"f.yaml:1:54: organisation.domains[1]: 'GMX.de' is a free mail provider: its other "
		"customers would count as ours; give the addresses of our people under 'users' "
		"instead"},
	{"organisation: {name: E, zone: UTC, domains: a.test}\nusers:\n  - name: a.b\n    "
	 "addresses: "
	 "a@a.test\n",
		"f.yaml:3:11: users[0].name: 'a.b' is no user name: it stands in addresses "
		"(crm+to-anna@), so it may only have letters, digits, '-' and '_'"},
	{"organisation: {name: E, zone: UTC, domains: a.test}\nusers:\n  - {name: a, addresses: "
	 "a@a.test}\n  - {name: A, addresses: b@a.test}\n",
		"f.yaml:4:12: users[1].name: there are two users with this name"},
	{"organisation: {name: E, zone: UTC, domains: a.test}\nusers:\n  - {name: a, addresses: "
	 "a@a.test}\n  - {name: b, addresses: [b@a.test, A@A.test]}\n",
		"f.yaml:4:37: users[1].addresses[1]: this address is already given to user 'a'"},
	{"organisation: {name: E, zone: UTC, domains: a.test}\nusers:\n  - {name: a, addresses: "
	 "a}\n",
		"f.yaml:3:26: users[0].addresses: 'a' is no mail address; addresses look like "
		"anna@example.org"},
	{"organisation: {name: E, zone: UTC, domains: a.test}\nusers:\n  - {name: a, addresses: "
	 "'Anna <a@a.test>'}\n",
		"f.yaml:3:26: users[0].addresses: 'Anna <a@a.test>' is no mail address; addresses "
		"look like anna@example.org"},

	/* references */
	{HEAD "support: {assignee: ana}\n", "f.yaml:11:21: support.assignee: there is no user "
					    "'ana' under 'users'; did you mean "
					    "'anna'?"},
	{HEAD "invoices: {assignee: zacharias}\n",
		"f.yaml:11:22: invoices.assignee: there is no user 'zacharias' under 'users'"},
	{HEAD "leads: {owners: [bert, carl]}\n",
		"f.yaml:11:24: leads.owners[1]: there is no user 'carl' under 'users'"},
	{INVOICES "    may_write: [ana]\n", "f.yaml:15:17: mailboxes[0].may_write[0]: there is no "
					    "user 'ana' under 'users'; did "
					    "you mean 'anna'?"},
	{HEAD "leads: {score: [{field: budget, contains: a, score: 1}]}\n",
		"f.yaml:11:25: leads.score[0].field: must be subject, text, from, domain, source "
		"or a "
		"label of leads.form_fields, not 'budget'"},
	{HEAD "leads: {form_fields: [{label: A, field: name}, {label: A, field: email}]}\n",
		"f.yaml:11:56: leads.form_fields[1].label: this label stands in the list twice"},
	{HEAD "leads: {form_fields: [{label: A, field: mail}]}\n",
		"f.yaml:11:41: leads.form_fields[0].field: must be one of name, company, email, "
		"phone, message, source, not 'mail'; did you mean 'email'?"},

	/* mailboxes */
	{INVOICES "    server: {port: 70000}\n",
		"f.yaml:15:20: mailboxes[0].server.port: must be from 1 to 65535, not '70000'"},
	{INVOICES "    server: {tls: none}\n",
		"f.yaml:15:19: mailboxes[0].server.tls: tls: none would send the password and all "
		"mail to 'imap.example.org' in the clear; it is only for this machine (localhost); "
		"use implicit or starttls"},
	{INVOICES "    server: {tls: ssl}\n", "f.yaml:15:19: mailboxes[0].server.tls: must be one "
					      "of implicit, starttls, none, not "
					      "'ssl'"},
	{INVOICES "    server: {pinned_key: abc}\n",
		"f.yaml:15:26: mailboxes[0].server.pinned_key: 'abc' is no fingerprint: it must be "
		"the SHA-256 of the server's public key (SPKI), 64 hex digits"},
	{INVOICES "    server: {host: 'imaps://imap.example.org'}\n",
		"f.yaml:15:20: mailboxes[0].server.host: 'imaps://imap.example.org' is no host "
		"name; "
		"leave out what stands before '//' and the '//' itself"},
	{INVOICES "    folders: [INBOX, inbox]\n",
		"f.yaml:15:22: mailboxes[0].folders[1]: this folder stands in the list "
		"twice"},
	{INVOICES "    folders: [{folder: Inbox, kind: capture, trust: folder}]\n",
		"f.yaml:15:24: mailboxes[0].folders[0].folder: everybody's mail arrives in INBOX, "
		"so it "
		"can't be trusted; trust a folder that only colleagues put mail into, or choose "
		"who_may_write"},
	{INVOICES "    folders: [INBOX, {folder: Old, trust: all}]\n",
		"f.yaml:15:43: mailboxes[0].folders[1].trust: must be one of nobody, folder, not "
		"'all'"},
	{INVOICES "    action: move\n",
		"f.yaml:15:13: mailboxes[0].action: 'move' needs a value: write {move: FOLDER}"},
	{INVOICES "    action: {seen: 1}\n",
		"f.yaml:15:13: mailboxes[0].action: 'seen' takes no value; write only the word"},
	{INVOICES "    action: {move: A, delete: B}\n",
		"f.yaml:15:13: mailboxes[0].action: must have exactly one key, the word that is "
		"chosen; it has 2"},
	{INVOICES "    action: {move: Inbox}\n",
		"f.yaml:15:20: mailboxes[0].action.move: mailbox 'in' reads the folder 'INBOX', so "
		"mail moved there would come in again; name a folder that is not read"},
	{INVOICES "    action: {delete: {}}\n",
		"f.yaml:15:22: mailboxes[0].action.delete: the key 'after' is missing (like 30d)"},
	{INVOICES "    action: remove\n",
		"f.yaml:15:13: mailboxes[0].action: must be one of keep, seen, flag, {move: "
		"FOLDER}, "
		"{delete: {after: 30d}}, not 'remove'; did you mean 'move'?"},
	{INVOICES "  - name: IN\n    kind: leads\n" LOGIN,
		"f.yaml:15:11: mailboxes[1].name: there are two mailboxes with this name"},
	{INVOICES "    addresses: [i@example.org, b@example.org]\n  - name: b\n    kind: leads\n"
		  "    addresses: b@Example.org\n" LOGIN,
		"f.yaml:18:16: mailboxes[1].addresses: this address is already given to mailbox "
		"'in'"},
	{INVOICES "    addresses: [i@example.org, Anna@example.org]\n",
		"f.yaml:15:32: mailboxes[0].addresses[1]: this is also an address of user 'anna'; "
		"it "
		"can be only one of both"},
	{INVOICES "    addresses: crm+x@example.org\n",
		"f.yaml:15:16: mailboxes[0].addresses: must be the address without a tag (what "
		"begins with '+')"},
	{HEAD "mailboxes:\n  - {name: a, kind: leads}\n",
		"f.yaml:12:5: mailboxes[0]: no login is given; write login: {user: NAME, password: "
		"{file: PATH}}"},
	{HEAD "mailboxes:\n  - {name: a, kind: leads, login: {user: a}}\n",
		"f.yaml:12:5: mailboxes[0]: no password is given; write login: {password: {file: "
		"PATH}} ({command: COMMAND} and {credential: NAME} do too)"},
	{"organisation: {name: E, zone: UTC, domains: a.org}\nmailboxes:\n  - {name: a, kind: "
	 "leads}\n",
		"f.yaml:3:5: mailboxes[0]: no IMAP server is given; write server: {host: "
		"imap.example.org} here, or once for all mailboxes at the top of the file"},

	/* who may write */
	{CAPTURE "    idle: true\n",
		"f.yaml:12:5: mailboxes[0]: the key 'who_may_write' is missing; mail of the kind "
		"capture must prove that it comes from our people. Choose one of none, submission, "
		"exchange-internal, {authserv-id: NAME}, {header: {name: NAME, value: VALUE}}, "
		"{secret-tag: {file: PATH}}"},
	{INVOICES "    folders: [INBOX, {folder: CRM, kind: actions}]\n",
		"f.yaml:12:5: mailboxes[0]: the key 'who_may_write' is missing; mail of the kind "
		"actions must prove that it comes from our people. Choose one of none, submission, "
		"exchange-internal, {authserv-id: NAME}, {header: {name: NAME, value: VALUE}}, "
		"{secret-tag: {file: PATH}}"},
	{INVOICES "    may_write: [anna]\n",
		"f.yaml:15:16: mailboxes[0].may_write: without who_may_write nothing shows that a "
		"mail is from these users; add it, or leave may_write out"},
	{CAPTURE "    who_may_write: submission\n",
		"f.yaml:15:20: mailboxes[0].who_may_write: submission believes only what our own "
		"hosts wrote: name them under organisation.hosts"},
	{CAPTURE "    who_may_write: {secret-tag: {file: /t}}\n",
		"f.yaml:15:20: mailboxes[0].who_may_write: a secret tag stands in one of the "
		"mailbox's addresses, but it has none; give 'addresses'"},
	{CAPTURE "    who_may_write: authserv-id\n",
		"f.yaml:15:20: mailboxes[0].who_may_write: 'authserv-id' needs a value: write "
		"{authserv-id: NAME}"},
	{CAPTURE "    who_may_write: {header: {name: 'X-A:', value: b}}\n",
		"f.yaml:15:36: mailboxes[0].who_may_write.header.name: 'X-A:' is no header field "
		"name; give it without the colon, like Delivered-To"},
	{CAPTURE "    who_may_write: {header: {name: X-A}}\n",
		"f.yaml:15:29: mailboxes[0].who_may_write.header: the key 'value' is missing"},
	{CAPTURE "    who_may_write: {secret-tag: hunter2}\n",
		"f.yaml:15:33: mailboxes[0].who_may_write.secret-tag: a secret never stands in "
		"this "
		"file; write {file: PATH}, {command: COMMAND} or {credential: NAME} here instead, "
		"and change the secret if others could read it"},

	/* logins */
	{INVOICES "  - name: b\n    kind: leads\n    login: {user: u, password: hunter2}\n",
		"f.yaml:17:32: mailboxes[1].login.password: a secret never stands in this file; "
		"write {file: PATH}, {command: COMMAND} or {credential: NAME} here instead, and "
		"change the secret if others could read it"},
	{INVOICES "  - name: b\n    kind: leads\n    login: {user: u, password: {hunter2}}\n",
		"f.yaml:17:32: mailboxes[1].login.password: a secret never stands in this file; "
		"write {file: PATH}, {command: COMMAND} or {credential: NAME} here instead, and "
		"change the secret if others could read it"},
	{HEAD "login: {password: {file: /a, command: b}}\n",
		"f.yaml:11:19: login.password: must say exactly one of file, command and "
		"credential"},
	{HEAD "login: {token: {file: /a}}\n",
		"f.yaml:11:16: login.token: goes only with auth: xoauth2 or oauthbearer"},
	{HEAD "login: {auth: xoauth2, password: {file: /a}}\n",
		"f.yaml:11:34: login.password: goes only with auth: password"},
	{HEAD "mailboxes:\n  - {name: a, kind: leads, login: {user: a, auth: xoauth2}}\n",
		"f.yaml:12:5: mailboxes[0]: no token is given; write login: {token: {command: "
		"COMMAND}}, or login: {oauth: …}"},
	{HEAD "mailboxes:\n  - {name: a, kind: leads, login: {user: a, auth: xoauth2, oauth: "
	      "{grant: client-credentials, token_url: 'https://l.example/t', client_id: c}}}\n",
		"f.yaml:12:75: mailboxes[0].login.oauth.grant: client-credentials need a "
		"client_secret beside it"},
	{HEAD "mailboxes:\n  - {name: a, kind: leads, login: {user: a, auth: xoauth2, token: "
	      "{command: t}, oauth: "
	      "{grant: refresh-token, token_url: 'https://l.example/t', client_id: c}}}\n",
		"f.yaml:12:67: mailboxes[0].login.token: 'token' and 'oauth' exclude each other; "
		"keep "
		"one"},
	{HEAD "mailboxes:\n  - {name: a, kind: leads, login: {user: a, auth: xoauth2, oauth: "
	      "{grant: refresh-token, client_id: c}}}\n",
		"f.yaml:12:75: mailboxes[0].login.oauth.grant: no token endpoint is given; write "
		"token_url: https://… beside it, or provider: google or microsoft"},
	{HEAD "mailboxes:\n  - {name: a, kind: leads, login: {user: a, auth: xoauth2, oauth: "
	      "{grant: client-credentials, provider: microsoft, client_secret: {file: /a}, "
	      "client_id: c}}}\n",
		"f.yaml:12:75: mailboxes[0].login.oauth.grant: client-credentials need the tenant "
		"beside them, the ID of your directory"},
	{HEAD "mailboxes:\n  - {name: a, kind: leads, login: {user: a, auth: xoauth2, oauth: "
	      "{grant: client-credentials, provider: google, client_secret: {file: /a}, "
	      "client_id: c}}}\n",
		"f.yaml:12:75: mailboxes[0].login.oauth.grant: this provider has no "
		"client-credentials for mail; use refresh-token, or a token command"},
	{HEAD "mailboxes:\n  - {name: a, kind: leads, login: {user: a, auth: xoauth2, oauth: "
	      "{grant: refresh-token, tenant: t, token_url: 'https://l.example/t', client_id: "
	      "c}}}\n",
		"f.yaml:12:75: mailboxes[0].login.oauth.grant: a tenant goes only with provider: "
		"microsoft"},
	{HEAD "login: {auth: xoauth2, oauth: {grant: refresh-token, token_url: "
	      "'http://l.example/t', client_id: c}}\n",
		"f.yaml:11:65: login.oauth.token_url: 'http://l.example/t' would send secrets in "
		"the "
		"clear; use https://"},
	{HEAD "login: {password: {credential: a/b}}\n",
		"f.yaml:11:32: login.password.credential: 'a/b' is no name of a credential; give "
		"the "
		"ID of LoadCredential=, not a path"},
};

/* The message of the fault in a text; "" when there is none. */
static void load_fault(const char *text, struct error *err)
{
	size_t size = strlen(text);
	/* Exactly as large as the text, so that reading past its end is seen. */
	char *heap = memory_alloc(size > 0 ? size : 1);
	struct config *config;

	*err = (struct error){0};
	memcpy(heap, text, size);
	if (config_load_text("f.yaml", (struct span){heap, size}, &config, err)) {
		assert_non_null(config);
		err->text[0] = '\0';
		config_free(config);
	} else {
		assert_null(config);
		assert_int_equal(err->kind, ERROR_INPUT);
	}
	free(heap);
}

static void test_faults(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		struct error err;

		load_fault(faults[i].text, &err);
		assert_null(strstr(err.text, "hunter2"));
		if (strcmp(err.text, faults[i].message) == 0)
			continue;
		wrong++;
		print_error("%s\nexpected: %s\n     got: %s\n\n", faults[i].text, faults[i].message,
			err.text);
	}
	assert_int_equal(wrong, 0);
}

/* A file that would take long or much memory is refused at once. */
static void test_limits(void **state)
{
	struct buffer text = {0};
	struct config *config;
	struct error err;

	(void)state;
	while (text.size <= 4 << 20)
		buffer_append_string(&text, "# a line of a file that is much too large\n");
	assert_false(config_load_text("f.yaml", buffer_span(&text), &config, &err));
	assert_string_equal(err.text, "f.yaml: the file is larger than 4 MiB");
	buffer_clear(&text);
	for (int i = 0; i < 1000000; i++)
		buffer_append_byte(&text, '[');
	assert_false(config_load_text("f.yaml", buffer_span(&text), &config, &err));
	assert_string_equal(err.text, "f.yaml:1:18: is nested too deeply");
	buffer_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
