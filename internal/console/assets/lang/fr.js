// French.

export const common = {
  again: "Réessayer", loading: "Chargement…",
};

export const nav = {
  label: "Vues", menu: "Menu", skip: "Aller au contenu", overview: "Vue d’ensemble", sessions: "Sessions",
  pending: "En attente", duplicates: "Doublons", rejected: "Rejetés", trash: "Corbeille", audit: "Journal",
};

export const prefs = {
  language: "Langue", scheme: "Couleurs", auto: "Automatiques", light: "Claires", dark: "Sombres",
};

export const level = {
  read: "lecture seule", admin: "administrateur",
};

export const live = {
  live: "En direct", connecting: "Connexion…", lost: "Déconnecté",
};

export const status = {
  accepted: "Acceptée", pending: "En attente", rejected: "Rejetée",
};

export const seen = {
  never: "pas encore",
};

export const device = {
  unnamed: "Appareil sans nom", noEmail: "Sans adresse e-mail",
};

export const text = {
  none: "aucun", all: "Texte entier",
  more: { one: "Tout afficher ({n} caractère)", other: "Tout afficher ({n} caractères)" },
};

export const field = {
  status: "Statut", email: "E-mail", domain: "Domaine e-mail", device: "Appareil", system: "Système",
  app: "Application", since: "Depuis", seen: "Vue le", actions: "Actions", session: "Session", change: "Modification",
  result: "Résultat", reason: "Motif", reasonOptional: "Motif, pour le journal (facultatif)", remedy: "Que faire",
  file: "Fichier", path: "Fichier sur le serveur", ip: "Adresse IP", modified: "Fichier modifié",
  loaded: "En mémoire depuis", simulator: "simulateur", team: "Équipe", bundle: "Application",
};

export const action = {
  accept: "Accepter", acceptOf: "Accepter {name}", hold: "Mettre en attente", holdOf: "Mettre en attente {name}",
  logout: "Déconnecter", logoutOf: "Déconnecter {name}", email: "Changer l’e-mail", save: "Enregistrer",
  restore: "Restaurer", restoreOf: "Restaurer {name}", purge: "Supprimer définitivement",
  purgeOf: "Supprimer définitivement {name}", delete: "Supprimer", deleteOf: "Supprimer le fichier de {name}",
  deleteFiles: "Supprimer les fichiers", copyPath: "Copier le chemin", look: "Voir",
};

export const dialog = {
  close: "Fermer", cancel: "Annuler",
};

export const failed = {
  title: "Non effectué : {name}",
};

export const filter = {
  label: "Filtres", search: "Rechercher des sessions", searchHint: "E-mail, appareil, app ou id",
  prefix: "Début du dossier d’app ou de l’id", wholeEmail: "Adresse e-mail entière", all: "Tous",
  more: "Plus de filtres", clear: "Effacer les filtres", modifiedBefore: "Modifiée avant le",
  seenBefore: "Vue avant le", sort: "Trier",
};

export const sort = {
  key: "Par application", email: "Par e-mail", newest: "Récentes d’abord", oldest: "Anciennes d’abord",
};

export const list = {
  select: "Sélectionner {name}", selectPage: "Tout sélectionner sur cette page", previous: "Précédent", next: "Suivant",
  range: "{from} à {to}", rangeMore: "{from} à {to}, et davantage", rangeOf: "{from} à {to} sur {total}",
  changes: { one: "{n} changement : afficher", other: "{n} changements : afficher" },
};

export const mark = {
  changed: "modifiée", loggedOut: "déconnectée", invalid: "rejetée", restored: "restaurée",
  purged: "supprimée définitivement",
};

export const sessions = {
  lead: "Qui est connecté, sur quel appareil et depuis quand.", counted: { one: "{n} session", other: "{n} sessions" },
  none: "Aucune session", noneText: "Personne ne s’est encore connecté avec une app mobile.", noMatch: "Aucun résultat",
  noMatchText: "Essayez moins de mots ou d’autres filtres.",
};

export const pending = {
  lead: "Qui a demandé à se connecter et attend une approbation.", none: "Personne n’attend",
  noneText: "Les nouvelles demandes s’affichent ici d’elles-mêmes.",
  acceptAll: { one: "En accepter {n}…", other: "Accepter les {n}…" },
};

export const duplicates = {
  lead: "Appareils qui ont plusieurs sessions, le plus souvent après une réinstallation.",
  caption: "Sessions de {name}", certain: "Même appareil",
  certainText: "Le même appareil et la même app.", likely: "Se ressemblent",
  likelyText: "Même app, même e-mail, même nom d’appareil et même système. Ce peuvent être deux appareils.",
  partly: "Les {n} plus récentes sur {total} sont affichées, les suivantes une fois celles-ci déconnectées.",
  newest: "la plus récente", logOutOlder: { one: "Déconnecter l’ancienne…", other: "Déconnecter les {n} anciennes…" },
  more: "Afficher plus",
  counted: { one: "{n} appareil avec plusieurs sessions", other: "{n} appareils avec plusieurs sessions" },
  none: "Aucun doublon", noneText: "Chaque appareil a une seule session.",
};

export const rejected = {
  lead: "Fichiers qui ne sont pas des fichiers de session valides : leurs sessions ne comptent pas. Leur contenu n’est pas affiché, car dans un fichier abîmé rien ne distingue un secret.",
  counted: { one: "{n} fichier", other: "{n} fichiers" }, none: "Aucun fichier rejeté",
  noneText: "Tous les fichiers de session sont valides.",
};

export const trash = {
  lead: "Sessions déconnectées. Leurs fichiers sont gardés un certain temps et peuvent être restaurés.",
  counted: { one: "{n} fichier", other: "{n} fichiers" }, none: "La corbeille est vide",
  noneText: "Les sessions déconnectées apparaissent ici.", removed: "Supprimé", until: "Gardé jusqu’au",
  superseded: "remplacé", leftover: "resté après un arrêt",
};

export const audit = {
  claims: "nœud {node}, qui déclare :",
  lead: "Qui a fait quoi sur quelle session, du plus récent au plus ancien, avec ce que d’autres programmes ont changé dans les fichiers.",
  counted: { one: "{n} entrée", other: "{n} entrées" }, none: "Rien n’est encore consigné",
  noneText: "Chaque modification apparaît ici, quel qu’en soit l’auteur.", at: "Quand", action: "Action", actor: "Qui",
  unknown: "utilisateur inconnu", byFile: "un autre programme", becomes: "devient", accept: "Acceptée",
  hold: "Mise en attente", "set-email": "E-mail changé", edit: "Modification", delete: "Déconnectée",
  restore: "Restaurée", purge: "Supprimée définitivement", open: "Ouverte", started: "Démarrage de sessiond",
  updated: "Fichier modifié", removed: "Retirée", admitted: "Nouvelle session", reappeared: "Réapparue",
  recovered: "Rétablie après un arrêt", lost: "Entrées perdues",
};

export const auditRemoved = {
  invalid: "Retirée : fichier invalide", deleted: "Retirée : fichier supprimé",
};

export const result = {
  done: "Effectué", failed: "Échec", refused: "Refusé", intent: "Commencé",
};

export const drawer = {
  title: "Session", ids: "Identifiants", content: "Contenu du fichier",
  noSecrets: "Sans le jeton de connexion ni le jeton de notification.", history: "Historique",
  noHistory: "Rien n’est consigné pour cette session.",
};

export const email = {
  title: "Changer l’adresse e-mail",
  help: "Les actions en attente dans l’app sont liées à l’adresse : elles ne reviennent que si elle est rétablie. Laissez vide pour retirer l’adresse.",
};

export const logout = {
  title: "Déconnecter cet appareil ?",
  text: "L’app revient à sa page de connexion. Le fichier de la session va à la corbeille et peut être restauré.",
  forGood: "Il n’y a pas de corbeille : une session déconnectée ne peut pas être restaurée.",
};

export const purge = {
  title: "Supprimer définitivement ce fichier ?", text: "Il ne pourra plus être restauré.",
};

export const conflict = {
  title: "Quelqu’un d’autre a modifié cette session",
  text: "Elle n’est plus telle que vous l’avez vue. Rien n’a encore été fait.", caption: "Les deux valeurs",
  seen: "Vous avez vu", wanted: "Vous voulez", now: "Dans le fichier", nothing: "invalide ou disparu",
  leave: "Laisser en l’état",
};

export const done = {
  label: "Dernière action", undo: "Annuler", undone: "Annulé : {name}.",
  undoneMany: { one: "{n} session est comme avant.", other: "{n} sessions sont comme avant." },
  undoneSome: "Annulées : {n}. Non annulées, car modifiées entre-temps : {bad}.", accepted: "Acceptée : {name}.",
  held: "Mise en attente : {name}.", email: "Adresse e-mail changée : {name}.", loggedOut: "Déconnectée : {name}.",
  restored: "Restaurée : {name}.", restoredMany: { one: "{n} session restaurée.", other: "{n} sessions restaurées." },
  purged: "Supprimée définitivement : {name}.", copied: "Chemin copié.",
};

export const bulk = {
  bar: "Sélection", selected: { one: "{n} sélectionnée", other: "{n} sélectionnées" },
  elsewhere: "dont {n} hors de cette page", selectAll: "Sélectionner les {n} résultats",
  allSelected: "Les {n} résultats sont sélectionnés", clear: "Effacer la sélection",
  planning: "Recherche de ce qui changerait…", planCaption: "Ce qui serait fait", resultCaption: "Ce qui a été fait",
  progress: "Progression", acceptDo: { one: "Accepter {n} session", other: "Accepter {n} sessions" },
  acceptDone: { one: "{n} session acceptée.", other: "{n} sessions acceptées." },
  holdDo: { one: "Mettre en attente {n} session", other: "Mettre en attente {n} sessions" },
  holdDone: { one: "{n} session mise en attente.", other: "{n} sessions mises en attente." },
  logoutDo: { one: "Déconnecter {n} session", other: "Déconnecter {n} sessions" },
  logoutDone: { one: "{n} session déconnectée.", other: "{n} sessions déconnectées." },
  deleteDo: { one: "Supprimer {n} fichier", other: "Supprimer {n} fichiers" },
  deleteDone: { one: "{n} fichier supprimé.", other: "{n} fichiers supprimés." },
  nothing: { one: "{n} reste en l’état", other: "{n} restent en l’état" },
  refused: { one: "{n} ne peut pas être modifiée", other: "{n} ne peuvent pas être modifiées" }, same: "inchangée",
  more: "et {n} de plus",
  notAll: "{n} correspondent, les {shown} premières sont traitées maintenant. Recommencez pour les autres.",
  typeNumber: "Saisissez {number} pour confirmer",
  cutOff: "La réponse s’est interrompue. Ce qui est commencé va jusqu’au bout : relisez la liste ou le journal.",
  doneCount: { one: "{n} effectuée", other: "{n} effectuées" },
  failedCount: { one: "{n} en échec", other: "{n} en échec" },
};

export const overview = {
  lead: "L’état des choses, et ce qui demande votre attention.", figures: "Nombres", well: "Tout va bien",
  wellText: "Les sessions en mémoire correspondent aux fichiers.",
  sessions: { one: "session", other: "sessions" },
  pending: { one: "attend une approbation", other: "attendent une approbation" },
  rejected: { one: "fichier rejeté", other: "fichiers rejetés" },
  notInMemory: { one: "fichier pas en mémoire", other: "fichiers pas en mémoire" },
  licences: "acceptées, sur les licences", overLicences: "acceptées : plus que de licences", byStatus: "Par statut",
  byApp: "Par application", bySystem: "Par système", otherSystems: "Autres",
  mostApps: "les {n} plus grandes sur {total}", server: "Serveur 4D",
  gateways: "Passerelles", allowed: "Autorisées", denied: "Refusées", unavailable: "Indécises",
};

export const notify = {
  off: "non prévenu",
  offText: "Un serveur 4D en marche ne connaît les changements qu’après MOBILE APP REFRESH SESSIONS. Avec notify-url, c’est fait après chaque changement.",
  following: "suit", waiting: "à prévenir", failing: "injoignable", url: "Adresse", lastSuccess: "Prévenu",
  untold: "Changements qu’il ignore", errors: "Erreurs de 4D",
};

export const daemon = {
  root: "Dossier MobileApps", started: "En marche depuis", lastPass: "Dernier contrôle",
  passText: { one: "{n} fichier en {time}", other: "{n} fichiers en {time}" },
};

export const rights = {
  node: "Pas de modification depuis cette machine",
  level: "Vous pouvez regarder, mais rien modifier", off: "sessiond ne modifie aucun fichier ici",
  cannot: "sessiond ne peut pas modifier les fichiers ici",
};

export const rightsRemedy = {
  node: "Une autre machine a les fichiers, et son sessiond n’accepte pas de modifications de celle-ci.",
  level: "Modifier est réservé aux administrateurs : root, l’utilisateur de sessiond et les membres de son groupe d’administration. Une fois dans le groupe, reconnectez-vous et relancez la console.",
  off: "Il tourne avec --write off. Mettez write: on dans sa configuration, d’ordinaire /etc/sessiond/config.yaml, et redémarrez-le.",
  cannot: "Le réglage write est actif, mais le système ne le permet pas. Ce qui l’empêche :",
};

export const lost = {
  stale: "Ce que vous voyez est peut-être dépassé. La page réessaie d’elle-même.",
};

export const elsewhere = {
  title: "Pas sur cette machine", text: "Cela se trouve sur le nœud {node}, qui a les fichiers : ouvrez-y la console.",
  undo: "La restauration est possible sur le nœud {node}.", unseen: "Ce n’est pas encore visible ici.",
  stale: "Vous voyez l’état de {time}", follows: "Suit le nœud", changed: "Dernier changement",
  well: "Le dernier état du nœud {node} est ici.",
};

export const code = {
  1: "Mauvais emplacement", 2: "JSON mal formé", 3: "Membre absent ou incorrect", 4: "Jeton d’une autre session",
  other: "Erreur {code}",
};

export const codeRemedy = {
  1: "Nommez dossier et fichier d’après les ids qu’il contient, ou corrigez les ids.",
  2: "Corrigez le JSON à cet endroit, ou supprimez le fichier.",
  3: "Corrigez les membres cités, ou supprimez le fichier. « sessiond schema » affiche les règles.",
  4: "Copiez le jeton de cette session même, ou supprimez le fichier.",
};

export const hint = {
  other: "Quelque chose demande votre attention", "root-missing": "Le dossier MobileApps est absent.",
  "root-without-apps": "Le dossier MobileApps ne contient aucun dossier d’app.",
  "only-links": "Les liens ne sont pas suivis.", "root-pinned": "Un démontage du disque du dossier ne se verrait pas.",
  "not-in-memory": "Des fichiers valides ne sont pas en mémoire.", rejected: "Des fichiers sont rejetés.",
  "many-gone": "Beaucoup de fichiers ont disparu d’un coup ; leurs sessions sont gardées pour l’instant.",
  unreadable: "Des fichiers ou dossiers sont illisibles.",
  "slow-to-settle": "Les fichiers erronés ou supprimés comptent plus tard que prévu.",
  "watch-degraded": "Les changements sont remarqués tard.",
  "audit-fails": "Le journal ne peut être écrit : rien n’est modifié.",
  "trash-fails": "La corbeille ne peut être écrite : personne n’est déconnecté.",
  reappeared: "Des sessions déconnectées sont revenues : un serveur 4D les a encore en mémoire.",
  "left-behind": "Des fichiers temporaires sont restés.",
  "kept-in-trash": "Des contenus que personne n’a supprimés sont gardés dans la corbeille.",
  undone: "D’autres programmes ont défait des modifications.", "not-looked-at": "Aucun contrôle ne l’a encore regardé.",
  unsettled: "Son fichier ne peut pas encore être jugé.", "stays-in-trash": "Il est encore aussi dans la corbeille.",
  "seen-fails": "Les dernières activités ne peuvent être gardées.",
  licences: "Plus de sessions sont acceptées qu’il n’y a de licences.",
  "notify-fails": "Un serveur 4D ne peut être prévenu des changements.",
  "notify-waits": "Un serveur 4D n’est pas encore prévenu des changements.",
  "notify-differs": "Le serveur 4D signale d’autres erreurs que sessiond.",
  "replica-away": "Les serveurs NATS ne répondent pas.", "replica-refused": "Les serveurs NATS refusent quelque chose.",
  "replica-held": "Les autres machines n’apprennent rien.", "replica-fenced": "Un autre sessiond publie sous ce nom.",
  "replica-diverged": "Ce qui est lu n’est pas ce qui a été publié.",
  "replica-omitted": "Des sessions sont trop grandes pour les serveurs NATS.",
  "replica-admit": "Aucun jeton ne peut être vérifié ici.",
};

export const problem = {
  "authority-away": "La machine qui a les fichiers ne répond pas",
  lost: "La console est terminée, ou la connexion est coupée",
  "wrong-key": "Cette page est celle d’une autre exécution de la console", unreachable: "sessiond est injoignable",
  stopping: "sessiond s’arrête", loading: "sessiond charge encore ses sessions", busy: "sessiond est occupé",
  "too-many-followers": "Trop de clients suivent les changements", "admin-only": "Réservé aux administrateurs",
  "not-in-memory": "Cette session n’est pas en mémoire",
  "no-file": "Le fichier de la session ou son dossier d’app a disparu",
  rejected: "Le fichier de la session est invalide", unsettled: "Le fichier ne peut pas encore être jugé",
  "changed-since": "Modifiée par quelqu’un d’autre entre-temps",
  conflict: "D’autres programmes écrivent sans cesse dans ce fichier", "file-exists": "Un fichier occupe sa place",
  "not-compliant": "Le fichier serait ensuite invalide", "file-too-large": "Le fichier est trop grand",
  "not-writable": "Le système ne laisse pas sessiond modifier ce fichier",
  "read-only": "Le disque est en lecture seule", "no-space": "Le disque est plein",
  "file-busy": "Le fichier est en cours d’écriture", unreadable: "Le fichier est illisible",
  "outcome-unknown": "On ne sait pas si c’est fait",
  "trash-failed": "Aucune copie n’a pu aller à la corbeille : rien n’a été supprimé",
  "not-audited": "La modification n’a pu être consignée et n’a pas été faite",
  "no-trash": "sessiond n’a pas de corbeille", "no-audit": "sessiond ne tient pas de journal",
  "not-in-trash": "Il n’est plus dans la corbeille", "invalid-parameter": "Un filtre n’est pas compris",
  "invalid-set": "Cette valeur n’est pas permise", internal: "Un problème est survenu",
  other: "Un problème est survenu : {title}",
};

export const remedy = {
  "authority-away": "Rien n’a été modifié. Réessayez dans un instant.",
  lost: "Relancez « sessiond console » et ouvrez l’adresse affichée. Avec SSH, reconnectez-vous d’abord.",
  "wrong-key": "Ouvrez la dernière adresse affichée par « sessiond console », avec tout ce qui suit le #.",
  unreachable: "Démarrez son service, par exemple avec « systemctl start sessiond ».",
  "too-many-followers": "Fermez d’autres consoles et onglets.",
  conflict: "Ce qu’ils ont écrit est en place. Rien de votre part n’a été fait.",
  "file-exists": "L’appareil s’est reconnecté depuis. Déconnectez d’abord cette session si l’ancienne doit revenir.",
  "file-busy": "Réessayez dans un instant.", "outcome-unknown": "Regardez la session ou le journal avant de réessayer.",
  "no-trash": "Réglez trash-dir et trash-keep dans sa configuration.",
  "no-audit": "Réglez audit-log dans sa configuration.",
};
