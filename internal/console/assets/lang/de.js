// German.

export const common = {
  again: "Erneut versuchen", loading: "Wird geladen …",
};

export const nav = {
  label: "Ansichten", menu: "Menü", skip: "Zum Inhalt", overview: "Übersicht", sessions: "Sitzungen",
  pending: "Wartend", duplicates: "Duplikate", rejected: "Abgelehnt", trash: "Papierkorb", audit: "Protokoll",
};

export const prefs = {
  language: "Sprache", scheme: "Farben", auto: "Automatisch", light: "Hell", dark: "Dunkel",
};

export const level = {
  read: "darf lesen", admin: "Administrator",
};

export const live = {
  live: "Live", connecting: "Verbindet …", lost: "Nicht verbunden",
};

export const status = {
  accepted: "Akzeptiert", pending: "Wartend", rejected: "Abgelehnt",
};

export const seen = {
  never: "noch nicht",
};

export const device = {
  unnamed: "Gerät ohne Namen", noEmail: "Keine E-Mail-Adresse",
};

export const text = {
  none: "nichts", all: "Ganzer Text",
  more: { one: "Alles anzeigen ({n} Zeichen)", other: "Alles anzeigen ({n} Zeichen)" },
};

export const field = {
  status: "Status", email: "E-Mail", domain: "E-Mail-Domain", device: "Gerät", system: "System", app: "App",
  since: "Seit", seen: "Zuletzt gesehen", actions: "Aktionen", session: "Sitzung", change: "Änderung",
  result: "Ergebnis", reason: "Grund", reasonOptional: "Grund, fürs Protokoll (freiwillig)", remedy: "Was zu tun ist",
  file: "Datei", path: "Datei auf dem Server", ip: "IP-Adresse", modified: "Datei geändert", loaded: "Im Speicher seit",
  simulator: "Simulator", team: "Team", bundle: "Anwendung",
};

export const action = {
  accept: "Akzeptieren", acceptOf: "{name} akzeptieren", hold: "Zurückstellen", holdOf: "{name} zurückstellen",
  logout: "Abmelden", logoutOf: "{name} abmelden", email: "E-Mail ändern", save: "Speichern",
  restore: "Wiederherstellen", restoreOf: "{name} wiederherstellen", purge: "Endgültig löschen",
  purgeOf: "{name} endgültig löschen", delete: "Löschen", deleteOf: "Datei von {name} löschen",
  deleteFiles: "Dateien löschen", copyPath: "Pfad kopieren", look: "Ansehen",
};

export const dialog = {
  close: "Schließen", cancel: "Abbrechen",
};

export const failed = {
  title: "Nicht ausgeführt: {name}",
};

export const filter = {
  label: "Filter", search: "Sitzungen suchen", searchHint: "E-Mail, Gerät, App oder Id",
  prefix: "Anfang von App-Ordner oder Id", wholeEmail: "Ganze E-Mail-Adresse", all: "Alle", more: "Weitere Filter",
  clear: "Filter löschen", modifiedBefore: "Geändert vor", seenBefore: "Zuletzt gesehen vor", sort: "Sortieren",
};

export const sort = {
  key: "Nach App", email: "Nach E-Mail", newest: "Neueste zuerst", oldest: "Älteste zuerst",
};

export const list = {
  select: "{name} auswählen", selectPage: "Alle auf dieser Seite auswählen", previous: "Zurück", next: "Weiter",
  range: "{from} bis {to}", rangeMore: "{from} bis {to} und weitere", rangeOf: "{from} bis {to} von {total}",
  changes: { one: "{n} Änderung: anzeigen", other: "{n} Änderungen: anzeigen" },
};

export const mark = {
  changed: "geändert", loggedOut: "abgemeldet", invalid: "abgelehnt", restored: "wiederhergestellt",
  purged: "endgültig gelöscht",
};

export const sessions = {
  lead: "Wer angemeldet ist, auf welchem Gerät und seit wann.", counted: { one: "{n} Sitzung", other: "{n} Sitzungen" },
  none: "Keine Sitzungen", noneText: "Noch hat sich niemand mit einer mobilen App angemeldet.",
  noMatch: "Keine Treffer", noMatchText: "Versuchen Sie es mit weniger Wörtern oder anderen Filtern.",
};

export const pending = {
  lead: "Wer sich anmelden möchte und auf eine Freigabe wartet.", none: "Niemand wartet",
  noneText: "Neue Anfragen erscheinen hier von selbst.",
  acceptAll: { one: "{n} akzeptieren …", other: "Alle {n} akzeptieren …" },
};

export const duplicates = {
  lead: "Geräte mit mehreren Sitzungen, meist nach einer Neuinstallation der App.", caption: "Sitzungen von {name}",
  certain: "Dasselbe Gerät", certainText: "Dasselbe Gerät und dieselbe App.",
  likely: "Sehen gleich aus",
  likelyText: "Gleiche App, E-Mail-Adresse, Gerätebezeichnung und System. Es können dennoch zwei Geräte sein.",
  partly: "Die neuesten {n} von {total} sind zu sehen, die nächsten, sobald diese abgemeldet sind.",
  newest: "neueste", logOutOlder: { one: "Ältere abmelden …", other: "{n} ältere abmelden …" }, more: "Mehr anzeigen",
  counted: { one: "{n} Gerät mit mehreren Sitzungen", other: "{n} Geräte mit mehreren Sitzungen" },
  none: "Keine Duplikate", noneText: "Jedes Gerät hat eine Sitzung.",
};

export const rejected = {
  lead: "Dateien, die keine gültigen Sitzungsdateien sind: Ihre Sitzungen zählen nicht. Ihr Inhalt wird nicht gezeigt, weil Geheimnisse in einer beschädigten Datei nicht zu erkennen sind.",
  counted: { one: "{n} Datei", other: "{n} Dateien" }, none: "Keine Datei ist abgelehnt",
  noneText: "Alle Sitzungsdateien sind gültig.",
};

export const trash = {
  lead: "Abgemeldete Sitzungen. Ihre Dateien bleiben eine Zeit lang erhalten und können wiederhergestellt werden.",
  counted: { one: "{n} Datei", other: "{n} Dateien" }, none: "Der Papierkorb ist leer",
  noneText: "Wer abgemeldet wird, erscheint hier.", removed: "Gelöscht", until: "Bleibt bis",
  superseded: "ersetzt", leftover: "übrig geblieben",
};

export const audit = {
  claims: "Knoten {node}, nach dessen Angabe:",
  lead: "Wer was an welcher Sitzung getan hat, das Neueste zuerst, auch was andere Programme an den Dateien geändert haben.",
  counted: { one: "{n} Eintrag", other: "{n} Einträge" }, none: "Noch ist nichts verzeichnet",
  noneText: "Jede Änderung erscheint hier, von wem sie auch kommt.", at: "Wann", action: "Aktion", actor: "Wer",
  unknown: "unbekannter Benutzer", byFile: "anderes Programm", becomes: "wird zu", accept: "Akzeptiert",
  hold: "Zurückgestellt", "set-email": "E-Mail geändert", edit: "Änderung", delete: "Abgemeldet",
  restore: "Wiederhergestellt", purge: "Endgültig gelöscht", open: "Geöffnet", started: "sessiond gestartet",
  updated: "Datei geändert", removed: "Entfernt", admitted: "Neue Sitzung", reappeared: "Wieder da",
  recovered: "Nach Absturz gerettet", lost: "Einträge verloren",
};

export const auditRemoved = {
  invalid: "Entfernt: Datei ungültig", deleted: "Entfernt: Datei gelöscht",
};

export const result = {
  done: "Erledigt", failed: "Gescheitert", refused: "Verweigert", intent: "Begonnen",
};

export const drawer = {
  title: "Sitzung", ids: "Kennungen", content: "Inhalt der Datei", noSecrets: "Ohne Verbindungs-Token und Push-Token.",
  history: "Verlauf", noHistory: "Zu dieser Sitzung ist nichts verzeichnet.",
};

export const email = {
  title: "E-Mail-Adresse ändern",
  help: "Wartende Aktionen in der App gehören zur Adresse: Sie kommen nur mit der alten Adresse zurück. Leer lassen, um die Adresse zu entfernen.",
};

export const logout = {
  title: "Dieses Gerät abmelden?",
  text: "Die App kehrt zur Anmeldeseite zurück. Die Sitzungsdatei kommt in den Papierkorb und kann wiederhergestellt werden.",
  forGood: "Es gibt keinen Papierkorb: Was abgemeldet ist, lässt sich nicht wiederherstellen.",
};

export const purge = {
  title: "Diese Datei endgültig löschen?", text: "Sie kann danach nicht wiederhergestellt werden.",
};

export const conflict = {
  title: "Jemand anders hat diese Sitzung geändert",
  text: "Sie ist nicht mehr so, wie Sie sie gesehen haben. Noch ist nichts geschehen.", caption: "Beide Werte",
  seen: "Gesehen", wanted: "Gewünscht", now: "Jetzt in der Datei", nothing: "ungültig oder fort", leave: "So lassen",
};

export const done = {
  label: "Letzte Aktion", undo: "Rückgängig", undone: "Rückgängig gemacht: {name}.",
  undoneMany: { one: "{n} Sitzung ist wie zuvor.", other: "{n} Sitzungen sind wie zuvor." },
  undoneSome: "Rückgängig gemacht: {n}. Inzwischen geändert und daher nicht: {bad}.", accepted: "Akzeptiert: {name}.",
  held: "Zurückgestellt: {name}.", email: "E-Mail-Adresse geändert: {name}.", loggedOut: "Abgemeldet: {name}.",
  restored: "Wiederhergestellt: {name}.",
  restoredMany: { one: "{n} Sitzung wiederhergestellt.", other: "{n} Sitzungen wiederhergestellt." },
  purged: "Endgültig gelöscht: {name}.", copied: "Pfad kopiert.",
};

export const bulk = {
  bar: "Auswahl", selected: "{n} ausgewählt", elsewhere: "davon {n} nicht auf dieser Seite",
  selectAll: "Alle {n} Treffer auswählen", allSelected: "Alle {n} Treffer sind ausgewählt", clear: "Auswahl aufheben",
  planning: "Es wird ermittelt, was sich ändern würde …", planCaption: "Was geschehen würde",
  resultCaption: "Was geschehen ist", progress: "Fortschritt",
  acceptDo: { one: "{n} Sitzung akzeptieren", other: "{n} Sitzungen akzeptieren" },
  acceptDone: { one: "{n} Sitzung akzeptiert.", other: "{n} Sitzungen akzeptiert." },
  holdDo: { one: "{n} Sitzung zurückstellen", other: "{n} Sitzungen zurückstellen" },
  holdDone: { one: "{n} Sitzung zurückgestellt.", other: "{n} Sitzungen zurückgestellt." },
  logoutDo: { one: "{n} Sitzung abmelden", other: "{n} Sitzungen abmelden" },
  logoutDone: { one: "{n} Sitzung abgemeldet.", other: "{n} Sitzungen abgemeldet." },
  deleteDo: { one: "{n} Datei löschen", other: "{n} Dateien löschen" },
  deleteDone: { one: "{n} Datei gelöscht.", other: "{n} Dateien gelöscht." },
  nothing: { one: "{n} bleibt so", other: "{n} bleiben so" },
  refused: { one: "{n} lässt sich nicht ändern", other: "{n} lassen sich nicht ändern" }, same: "bleibt",
  more: "und {n} weitere",
  notAll: "{n} treffen zu, die ersten {shown} werden jetzt bearbeitet. Für die übrigen wiederholen.",
  typeNumber: "Zur Bestätigung {number} eingeben",
  cutOff: "Die Antwort brach ab. Was begonnen hat, läuft zu Ende: Lesen Sie die Liste oder das Protokoll neu.",
  doneCount: "{n} erledigt", failedCount: "{n} gescheitert",
};

export const overview = {
  lead: "Wie es steht und was Sie braucht.", figures: "Anzahlen", well: "Alles in Ordnung",
  wellText: "Die Sitzungen im Speicher entsprechen den Dateien.",
  sessions: { one: "Sitzung", other: "Sitzungen" },
  pending: { one: "wartet auf Freigabe", other: "warten auf Freigabe" },
  rejected: { one: "Datei abgelehnt", other: "Dateien abgelehnt" },
  notInMemory: { one: "Datei nicht im Speicher", other: "Dateien nicht im Speicher" },
  licences: "akzeptiert, von den Lizenzen", overLicences: "akzeptiert: mehr als Lizenzen", byStatus: "Nach Status",
  byApp: "Nach App", bySystem: "Nach System", otherSystems: "Andere", mostApps: "die {n} größten von {total}",
  server: "4D Server",
  gateways: "Gateways", allowed: "Durchgelassen", denied: "Abgewiesen", unavailable: "Nicht entschieden",
};

export const notify = {
  off: "wird nicht benachrichtigt",
  offText: "Ein laufender 4D Server erfährt von Änderungen erst durch MOBILE APP REFRESH SESSIONS. Mit notify-url läuft das nach jeder Änderung.",
  following: "folgt", waiting: "noch zu benachrichtigen", failing: "nicht erreicht", url: "Adresse",
  lastSuccess: "Zuletzt benachrichtigt", untold: "Änderungen, die er nicht kennt", errors: "Fehler von 4D",
};

export const daemon = {
  root: "Ordner MobileApps", started: "Läuft seit", lastPass: "Letzte Prüfung",
  passText: { one: "{n} Datei in {time}", other: "{n} Dateien in {time}" },
};

export const rights = {
  node: "Keine Änderungen von diesem Rechner",
  level: "Sie dürfen lesen, aber nichts ändern", off: "sessiond ändert hier keine Dateien",
  cannot: "sessiond kann hier keine Dateien ändern",
};

export const rightsRemedy = {
  node: "Ein anderer Rechner hat die Dateien, und sein sessiond nimmt von diesem keine Änderungen an.",
  level: "Ändern dürfen Administratoren: root, der Benutzer von sessiond und die Mitglieder seiner Admin-Gruppe. Nach der Aufnahme in die Gruppe neu anmelden und die Konsole neu starten.",
  off: "Es läuft mit --write off. Setzen Sie write: on in seiner Konfiguration, meist /etc/sessiond/config.yaml, und starten Sie es neu.",
  cannot: "Die Einstellung write ist an, aber das System lässt es nicht zu. Was im Weg steht:",
};

export const lost = {
  stale: "Was Sie sehen, ist vielleicht veraltet. Die Seite versucht es von selbst erneut.",
};

export const elsewhere = {
  title: "Nicht auf diesem Rechner", text: "Das gibt es auf dem Knoten {node}, der die Dateien hat: Öffnen Sie die Konsole dort.",
  undo: "Wiederherstellen lässt es sich auf dem Knoten {node}.", unseen: "Hier ist es noch nicht zu sehen.",
  stale: "Sie sehen den Stand von {time}", follows: "Folgt dem Knoten", changed: "Letzte Änderung",
  well: "Hier ist, was der Knoten {node} zuletzt zeigte.",
};

export const code = {
  1: "Falscher Ort", 2: "Kein wohlgeformtes JSON", 3: "Element fehlt oder ist falsch", 4: "Token einer anderen Sitzung",
  other: "Fehler {code}",
};

export const codeRemedy = {
  1: "Ordner und Datei nach den Ids darin benennen oder die Ids berichtigen.",
  2: "Das JSON an dieser Stelle berichtigen oder die Datei löschen.",
  3: "Die genannten Elemente berichtigen oder die Datei löschen. „sessiond schema“ zeigt die Regeln.",
  4: "Das Token genau dieser Sitzung eintragen oder die Datei löschen.",
};

export const hint = {
  other: "Etwas braucht Ihre Aufmerksamkeit", "root-missing": "Der Ordner MobileApps ist nicht da.",
  "root-without-apps": "Der Ordner MobileApps enthält keinen App-Ordner.", "only-links": "Links wird nicht gefolgt.",
  "root-pinned": "Dass der Datenträger des Ordners ausgehängt wird, würde nicht bemerkt.",
  "not-in-memory": "Gültige Dateien sind nicht im Speicher.", rejected: "Dateien sind abgelehnt.",
  "many-gone": "Viele Dateien sind auf einmal verschwunden; ihre Sitzungen bleiben vorerst.",
  unreadable: "Dateien oder Ordner sind nicht lesbar.",
  "slow-to-settle": "Falsche und gelöschte Dateien zählen später als eingestellt.",
  "watch-degraded": "Änderungen werden spät bemerkt.",
  "audit-fails": "Das Protokoll kann nicht geschrieben werden, daher wird nichts geändert.",
  "trash-fails": "Der Papierkorb kann nicht geschrieben werden, daher wird niemand abgemeldet.",
  reappeared: "Abgemeldete Sitzungen sind wieder da: Ein 4D Server hat sie noch im Speicher.",
  "left-behind": "Temporäre Dateien sind übrig geblieben.",
  "kept-in-trash": "Inhalte, die niemand gelöscht hat, liegen im Papierkorb.",
  undone: "Andere Programme haben Änderungen rückgängig gemacht.",
  "not-looked-at": "Noch hat keine Prüfung es angesehen.", unsettled: "Die Datei kann noch nicht beurteilt werden.",
  "stays-in-trash": "Sie liegt auch noch im Papierkorb.",
  "seen-fails": "Wann Sitzungen zuletzt gesehen wurden, kann nicht aufbewahrt werden.",
  licences: "Es sind mehr Sitzungen akzeptiert, als es Lizenzen gibt.",
  "notify-fails": "Ein 4D Server kann nicht benachrichtigt werden.",
  "notify-waits": "Ein 4D Server ist noch nicht benachrichtigt.",
  "notify-differs": "Der 4D Server meldet andere Fehler als sessiond.",
  "replica-away": "Die NATS-Server antworten nicht.", "replica-refused": "Die NATS-Server lehnen etwas ab.",
  "replica-held": "Andere Rechner erfahren nichts.",
  "replica-fenced": "Ein anderer sessiond veröffentlicht unter diesem Namen.",
  "replica-diverged": "Gelesen wird anderes, als veröffentlicht wurde.",
  "replica-omitted": "Sitzungen sind zu groß für die NATS-Server.",
  "replica-admit": "Hier lässt sich kein Token prüfen.",
};

export const problem = {
  "authority-away": "Der Rechner mit den Dateien antwortet nicht",
  lost: "Die Konsole ist beendet oder die Verbindung zu ihr",
  "wrong-key": "Diese Seite gehört zu einem anderen Lauf der Konsole", unreachable: "sessiond ist nicht erreichbar",
  stopping: "sessiond wird beendet", loading: "sessiond lädt noch seine Sitzungen", busy: "sessiond ist ausgelastet",
  "too-many-followers": "Zu viele Clients verfolgen die Änderungen", "admin-only": "Nur für Administratoren",
  "not-in-memory": "Diese Sitzung ist nicht im Speicher", "no-file": "Sitzungsdatei oder App-Ordner ist fort",
  rejected: "Die Sitzungsdatei ist ungültig", unsettled: "Die Datei kann noch nicht beurteilt werden",
  "changed-since": "Inzwischen von jemand anderem geändert",
  conflict: "Andere Programme schreiben ständig in diese Datei", "file-exists": "An ihrer Stelle liegt eine Datei",
  "not-compliant": "Die Datei wäre danach ungültig", "file-too-large": "Die Datei ist zu groß",
  "not-writable": "Das System lässt sessiond diese Datei nicht ändern",
  "read-only": "Der Datenträger ist schreibgeschützt", "no-space": "Der Datenträger ist voll",
  "file-busy": "Die Datei wird gerade geschrieben", unreadable: "Die Datei ist nicht lesbar",
  "outcome-unknown": "Es ist nicht bekannt, ob es geschehen ist",
  "trash-failed": "Im Papierkorb ließ sich keine Kopie ablegen, daher wurde nichts gelöscht",
  "not-audited": "Die Änderung ließ sich nicht verzeichnen und unterblieb",
  "no-trash": "sessiond hat keinen Papierkorb", "no-audit": "sessiond führt kein Protokoll",
  "not-in-trash": "Sie ist nicht mehr im Papierkorb", "invalid-parameter": "Ein Filter ist nicht verständlich",
  "invalid-set": "Dieser Wert ist nicht erlaubt", internal: "Etwas ist schiefgegangen",
  other: "Etwas ist schiefgegangen: {title}",
};

export const remedy = {
  "authority-away": "Nichts wurde geändert. Versuchen Sie es gleich noch einmal.",
  lost: "„sessiond console“ erneut starten und die ausgegebene Adresse öffnen. Über SSH zuerst neu verbinden.",
  "wrong-key": "Öffnen Sie die Adresse, die „sessiond console“ zuletzt ausgab, mit allem hinter dem #.",
  unreachable: "Starten Sie den Dienst, etwa mit „systemctl start sessiond“.",
  "too-many-followers": "Schließen Sie andere Konsolen und Tabs.",
  conflict: "Was sie geschrieben haben, gilt. Von Ihnen wurde nichts geändert.",
  "file-exists": "Das Gerät hat sich seither neu angemeldet. Melden Sie zuerst diese Sitzung ab, wenn die alte zurück soll.",
  "file-busy": "Versuchen Sie es gleich noch einmal.",
  "outcome-unknown": "Sehen Sie die Sitzung oder das Protokoll an, bevor Sie es erneut versuchen.",
  "no-trash": "Setzen Sie trash-dir und trash-keep in der Konfiguration.",
  "no-audit": "Setzen Sie audit-log in der Konfiguration.",
};
