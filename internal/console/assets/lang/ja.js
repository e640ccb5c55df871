// Japanese.

export const common = {
  again: "再試行", loading: "読み込み中…",
};

export const nav = {
  label: "画面", menu: "メニュー", skip: "本文へ移動", overview: "概要", sessions: "セッション", pending: "承認待ち",
  duplicates: "重複", rejected: "不正なファイル", trash: "ゴミ箱", audit: "監査ログ",
};

export const prefs = {
  language: "言語", scheme: "配色", auto: "自動", light: "ライト", dark: "ダーク",
};

export const level = {
  read: "閲覧のみ", admin: "管理者",
};

export const live = {
  live: "リアルタイム", connecting: "接続中…", lost: "未接続",
};

export const status = {
  accepted: "承認済み", pending: "承認待ち", rejected: "不正",
};

export const seen = {
  never: "まだなし",
};

export const device = {
  unnamed: "名前のないデバイス", noEmail: "メールアドレスなし",
};

export const text = {
  none: "なし", all: "全文", more: "すべて表示（{n} 文字）",
};

export const field = {
  status: "ステータス", email: "メール", domain: "メールのドメイン", device: "デバイス", system: "OS", app: "アプリ",
  since: "日時", seen: "最終アクセス", actions: "操作", session: "セッション", change: "変更", result: "結果",
  reason: "理由", reasonOptional: "理由（監査ログ用、任意）", remedy: "対処方法", file: "ファイル",
  path: "サーバー上のファイル", ip: "IP アドレス", modified: "ファイルの更新", loaded: "メモリへの読み込み",
  simulator: "シミュレーター", team: "チーム", bundle: "アプリケーション",
};

export const action = {
  accept: "承認", acceptOf: "{name} を承認", hold: "保留", holdOf: "{name} を保留", logout: "ログアウト",
  logoutOf: "{name} をログアウト", email: "メールを変更", save: "保存", restore: "復元", restoreOf: "{name} を復元",
  purge: "完全に削除", purgeOf: "{name} を完全に削除", delete: "削除", deleteOf: "{name} のファイルを削除",
  deleteFiles: "ファイルを削除", copyPath: "パスをコピー", look: "表示",
};

export const dialog = {
  close: "閉じる", cancel: "キャンセル",
};

export const failed = {
  title: "実行されませんでした: {name}",
};

export const filter = {
  label: "絞り込み", search: "セッションを検索", searchHint: "メール、デバイス、アプリ、id",
  prefix: "アプリフォルダーまたは id の先頭", wholeEmail: "メールアドレス全体", all: "すべて", more: "詳細な条件",
  clear: "条件をクリア", modifiedBefore: "更新日がこれより前", seenBefore: "最終アクセスがこれより前", sort: "並べ替え",
};

export const sort = {
  key: "アプリ順", email: "メール順", newest: "新しい順", oldest: "古い順",
};

export const list = {
  select: "{name} を選択", selectPage: "このページをすべて選択", previous: "前へ", next: "次へ", range: "{from}～{to}",
  rangeMore: "{from}～{to}（続きあり）", rangeOf: "{from}～{to} / {total}", changes: "{n} 件の変更を表示",
};

export const mark = {
  changed: "変更あり", loggedOut: "ログアウト済み", invalid: "不正", restored: "復元済み", purged: "完全に削除済み",
};

export const sessions = {
  lead: "誰が、どのデバイスで、いつからログインしているか。", counted: "{n} 件のセッション",
  none: "セッションはありません", noneText: "モバイルアプリからのログインはまだありません。",
  noMatch: "該当するものがありません", noMatchText: "検索語を減らすか、条件を変えてください。",
};

export const pending = {
  lead: "ログインを申請し、承認を待っている人。", none: "承認待ちはありません",
  noneText: "新しい申請は自動的にここに表示されます。", acceptAll: "{n} 件すべてを承認…",
};

export const duplicates = {
  lead: "複数のセッションを持つデバイス。多くはアプリの再インストール後に生じます。", caption: "{name} のセッション",
  certain: "同じデバイス", certainText: "デバイスとアプリが同じです。",
  likely: "似ています",
  likelyText: "アプリ、メールアドレス、デバイス名、OS が同じです。別のデバイスの可能性もあります。", partly: "{total} 件中、新しい {n} 件を表示しています。これらをログアウトすると次が表示されます。", newest: "最新",
  logOutOlder: "古い {n} 件をログアウト…", more: "さらに表示", counted: "複数のセッションを持つデバイス: {n} 台",
  none: "重複はありません", noneText: "どのデバイスもセッションは一つです。",
};

export const rejected = {
  lead: "有効なセッションファイルではないため、そのセッションは無効です。壊れたファイルでは秘密情報を見分けられないため、内容は表示しません。",
  counted: "{n} 件のファイル", none: "不正なファイルはありません", noneText: "セッションファイルはすべて有効です。",
};

export const trash = {
  lead: "ログアウトしたセッション。ファイルは一定期間保管され、復元できます。", counted: "{n} 件のファイル",
  none: "ゴミ箱は空です", noneText: "ログアウトしたセッションがここに表示されます。", removed: "削除日時",
  until: "保管期限", superseded: "置き換え", leftover: "残留",
};

export const audit = {
  claims: "ノード {node} の申告:",
  lead: "誰がどのセッションに何をしたか、新しい順に。他のプログラムによるファイルの変更も含みます。",
  counted: "{n} 件の記録", none: "まだ記録がありません", noneText: "誰が行った変更も、すべてここに表示されます。",
  at: "日時", action: "操作", actor: "実行者", unknown: "不明なユーザー", byFile: "他のプログラム", becomes: "から",
  accept: "承認", hold: "保留", "set-email": "メール変更", edit: "編集", delete: "ログアウト", restore: "復元",
  purge: "完全に削除", open: "読み込み", started: "sessiond の起動", updated: "ファイルの変更", removed: "除去",
  admitted: "新しいセッション", reappeared: "再出現", recovered: "障害後の回復", lost: "記録の欠落",
};

export const auditRemoved = {
  invalid: "除去: ファイルが不正", deleted: "除去: ファイルが削除",
};

export const result = {
  done: "完了", failed: "失敗", refused: "拒否", intent: "開始",
};

export const drawer = {
  title: "セッション", ids: "識別子", content: "ファイルの内容",
  noSecrets: "接続トークンとプッシュトークンは除きます。", history: "履歴",
  noHistory: "このセッションの記録はありません。",
};

export const email = {
  title: "メールアドレスの変更",
  help: "アプリの保留中のアクションはアドレスに結び付いており、元に戻すまで現れません。空にするとアドレスを削除します。",
};

export const logout = {
  title: "このデバイスをログアウトしますか？",
  text: "アプリはログイン画面に戻ります。セッションのファイルはゴミ箱に入り、復元できます。",
  forGood: "ゴミ箱がないため、ログアウトすると復元できません。",
};

export const purge = {
  title: "このファイルを完全に削除しますか？", text: "削除後は復元できません。",
};

export const conflict = {
  title: "このセッションは他の人が変更しました", text: "表示されていた内容と異なります。まだ何も実行していません。",
  caption: "両方の値", seen: "表示時", wanted: "希望", now: "現在のファイル", nothing: "不正、または存在しない",
  leave: "このままにする",
};

export const done = {
  label: "直前の操作", undo: "元に戻す", undone: "元に戻しました: {name}", undoneMany: "{n} 件を元に戻しました。",
  undoneSome: "{n} 件を元に戻しました。{bad} 件はその後の変更のため戻せません。", accepted: "承認しました: {name}",
  held: "保留にしました: {name}", email: "メールアドレスを変更しました: {name}",
  loggedOut: "ログアウトしました: {name}", restored: "復元しました: {name}", restoredMany: "{n} 件を復元しました。",
  purged: "完全に削除しました: {name}", copied: "パスをコピーしました。",
};

export const bulk = {
  bar: "選択", selected: "{n} 件を選択中", elsewhere: "うち {n} 件は別のページ",
  selectAll: "該当する {n} 件をすべて選択", allSelected: "該当する {n} 件をすべて選択中", clear: "選択を解除",
  planning: "変更内容を確認しています…", planCaption: "実行される内容", resultCaption: "実行した内容",
  progress: "進行状況", acceptDo: "{n} 件を承認", acceptDone: "{n} 件を承認しました。", holdDo: "{n} 件を保留",
  holdDone: "{n} 件を保留にしました。", logoutDo: "{n} 件をログアウト", logoutDone: "{n} 件をログアウトしました。",
  deleteDo: "{n} 件のファイルを削除", deleteDone: "{n} 件のファイルを削除しました。", nothing: "{n} 件は変更なし",
  refused: "{n} 件は変更できません", same: "変更なし", more: "ほか {n} 件",
  notAll: "{n} 件が該当します。今回は最初の {shown} 件です。残りは繰り返してください。",
  typeNumber: "確認のため {number} と入力",
  cutOff: "応答が途切れました。開始した処理は最後まで続きます。一覧か監査ログを確認してください。",
  doneCount: "{n} 件完了", failedCount: "{n} 件失敗",
};

export const overview = {
  lead: "現在の状況と、対応が必要なこと。", figures: "件数", well: "問題ありません",
  wellText: "メモリ内のセッションはファイルと一致しています。", sessions: "セッション", pending: "承認待ち",
  rejected: "不正なファイル", notInMemory: "メモリにないファイル", licences: "承認済み / ライセンス数",
  overLicences: "承認済みがライセンス数を超過", byStatus: "ステータス別", byApp: "アプリ別", bySystem: "OS 別",
  otherSystems: "その他", mostApps: "{total} 件中、上位 {n} 件", server: "4D Server",
  gateways: "ゲートウェイ", allowed: "許可", denied: "拒否", unavailable: "判定不能",
};

export const notify = {
  off: "通知なし",
  offText: "実行中の 4D Server は、MOBILE APP REFRESH SESSIONS が実行されるまで変更を認識しません。notify-url を設定すると、変更のたびに実行されます。",
  following: "追従中", waiting: "通知待ち", failing: "到達不能", url: "アドレス", lastSuccess: "最後の通知",
  untold: "未通知の変更", errors: "4D のエラー",
};

export const daemon = {
  root: "MobileApps フォルダー", started: "起動日時", lastPass: "最後の確認", passText: "{n} 件のファイル、{time}",
};

export const rights = {
  node: "このマシンからは変更できません",
  level: "閲覧のみ可能です。変更はできません", off: "sessiond はファイルを変更しない設定です",
  cannot: "sessiond はファイルを変更できません",
};

export const rightsRemedy = {
  node: "ファイルは別のマシンにあり、その sessiond はこのマシンからの変更を受け付けていません。",
  level: "変更できるのは管理者（root、sessiond の実行ユーザー、管理グループのメンバー）です。グループに加わったら、ログインし直してコンソールを再起動してください。",
  off: "--write off で動作しています。設定ファイル（通常 /etc/sessiond/config.yaml）で write: on とし、再起動してください。",
  cannot: "write は有効ですが、システムが許可していません。原因:",
};

export const lost = {
  stale: "表示は古い可能性があります。自動的に再試行します。",
};

export const elsewhere = {
  title: "このマシンにはありません", text: "ファイルがあるノード {node} でコンソールを開いてください。",
  undo: "ノード {node} で復元できます。", unseen: "ここにはまだ表示されていません。",
  stale: "{time} 時点の内容です", follows: "追随先のノード", changed: "最後の変更",
  well: "ノード {node} の最新の内容です。",
};

export const code = {
  1: "場所が違います", 2: "JSON の構文エラー", 3: "項目の不足または誤り", 4: "別のセッションのトークン",
  other: "エラー {code}",
};

export const codeRemedy = {
  1: "フォルダー名とファイル名を中の id に合わせるか、id を訂正してください。",
  2: "その箇所の JSON を訂正するか、ファイルを削除してください。",
  3: "示された項目を訂正するか、ファイルを削除してください。規則は「sessiond schema」で表示できます。",
  4: "このセッション自身のトークンを入れるか、ファイルを削除してください。",
};

export const hint = {
  other: "確認が必要です", "root-missing": "MobileApps フォルダーがありません。",
  "root-without-apps": "MobileApps フォルダーにアプリフォルダーがありません。", "only-links": "リンクはたどりません。",
  "root-pinned": "ディスクのアンマウントを検出できません。", "not-in-memory": "有効なファイルがメモリにありません。",
  rejected: "不正なファイルがあります。",
  "many-gone": "多数のファイルが一度に消えました。セッションは当面保持されます。",
  unreadable: "読み取れないファイルやフォルダーがあります。",
  "slow-to-settle": "不正・削除されたファイルの反映が設定より遅れます。", "watch-degraded": "変更の検出が遅れます。",
  "audit-fails": "監査ログに書き込めないため、変更できません。",
  "trash-fails": "ゴミ箱に書き込めないため、ログアウトできません。",
  reappeared: "ログアウトしたセッションが戻りました。4D Server のメモリに残っています。",
  "left-behind": "一時ファイルが残っています。", "kept-in-trash": "誰も削除していない内容がゴミ箱にあります。",
  undone: "他のプログラムが変更を元に戻しました。", "not-looked-at": "まだ確認されていません。",
  unsettled: "ファイルをまだ判定できません。", "stays-in-trash": "ゴミ箱にも残っています。",
  "seen-fails": "最終アクセス日時を保存できません。", licences: "承認済みのセッションがライセンス数を超えています。",
  "notify-fails": "4D Server に変更を通知できません。", "notify-waits": "4D Server への通知を待っています。",
  "notify-differs": "4D Server と sessiond のエラーが異なります。",
  "replica-away": "NATS サーバーが応答しません。", "replica-refused": "NATS サーバーに拒否されました。",
  "replica-held": "他のマシンに通知されていません。", "replica-fenced": "別の sessiond が同じ名前で公開しています。",
  "replica-diverged": "公開された内容と異なるものが読まれています。",
  "replica-omitted": "NATS サーバーには大きすぎるセッションがあります。",
  "replica-admit": "ここではトークンを確認できません。",
};

export const problem = {
  "authority-away": "ファイルのあるマシンが応答しません",
  lost: "コンソールが終了したか、接続が切れました", "wrong-key": "このページは別に起動したコンソールのものです",
  unreachable: "sessiond に接続できません", stopping: "sessiond は終了処理中です",
  loading: "sessiond はセッションを読み込み中です", busy: "sessiond は混み合っています",
  "too-many-followers": "変更を受信しているクライアントが多すぎます", "admin-only": "管理者のみ実行できます",
  "not-in-memory": "このセッションはメモリにありません",
  "no-file": "セッションのファイルかアプリフォルダーがありません", rejected: "セッションのファイルが不正です",
  unsettled: "ファイルをまだ判定できません", "changed-since": "その間に他の人が変更しました",
  conflict: "他のプログラムがこのファイルに書き込み続けています", "file-exists": "同じ場所にファイルがあります",
  "not-compliant": "変更後のファイルが不正になります", "file-too-large": "ファイルが大きすぎます",
  "not-writable": "システムがこのファイルの変更を許可していません", "read-only": "ディスクが読み取り専用です",
  "no-space": "ディスクに空きがありません", "file-busy": "ファイルは書き込み中です",
  unreadable: "ファイルを読み取れません", "outcome-unknown": "実行されたかどうか不明です",
  "trash-failed": "ゴミ箱に複製できないため、削除しませんでした",
  "not-audited": "変更を記録できないため、実行しませんでした", "no-trash": "ゴミ箱は設定されていません",
  "no-audit": "監査ログは設定されていません", "not-in-trash": "ゴミ箱にもうありません",
  "invalid-parameter": "条件を解釈できません", "invalid-set": "この値は使えません", internal: "問題が発生しました",
  other: "問題が発生しました: {title}",
};

export const remedy = {
  "authority-away": "何も変更されていません。しばらくしてからもう一度お試しください。",
  lost: "「sessiond console」を再度実行し、表示されたアドレスを開いてください。SSH の場合は先に接続し直してください。",
  "wrong-key": "「sessiond console」が最後に表示したアドレスを、# 以降も含めて開いてください。",
  unreachable: "サービスを開始してください（例: systemctl start sessiond）。",
  "too-many-followers": "他のコンソールやタブを閉じてください。",
  conflict: "書き込まれた内容はそのままです。あなたの変更は行われていません。",
  "file-exists": "デバイスはその後再ログインしています。古いセッションを戻すには、先にそれをログアウトしてください。",
  "file-busy": "少し待ってから再試行してください。",
  "outcome-unknown": "再試行の前に、セッションか監査ログを確認してください。",
  "no-trash": "trash-dir と trash-keep を設定してください。", "no-audit": "audit-log を設定してください。",
};
