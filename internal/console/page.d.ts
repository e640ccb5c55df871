// What the modules of the page pass to each other. The browser never sees this file: it is
// for the checks of types alone.

type Failure = import("./assets/api.js").Failure;

/** A call of one of the daemon's routes. */
interface Call {
  /** Empty ones are left out. */
  query?: Record<string, string | number | boolean | null | undefined>;
  body?: unknown;
  /** What If-Match is to say. */
  etag?: string;
  signal?: AbortSignal;
}

type Child = Node | string | number | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: any) => void)>;
type Look = "good" | "warn" | "bad" | "plain";

interface Dialog {
  element: HTMLDialogElement;
  body: HTMLElement;
  footer: HTMLElement;
  close: () => void;
  closed: Promise<void>;
}

/** What is done to many: `delete` is of files whose session is not in memory. */
type Action = "accept" | "hold" | "logout" | "delete";
type Source = { select: Record<string, string> } | { sessions: { session: string; etag?: string }[] };

/** A text with the number `n`. */
interface Plural {
  one: string;
  other: string;
}

type English = typeof import("./assets/lang/en.js");
/** What a language has to have. */
type Texts = { [Group in keyof English]: Record<keyof English[Group], string | Plural> };
type TextKey = { [Group in keyof English & string]: `${Group}.${keyof English[Group] & (string | number)}` }[keyof English & string];
type Language = "en" | "fr" | "de" | "ja";

type ViewName = "overview" | "sessions" | "pending" | "duplicates" | "rejected" | "trash" | "audit";
/** The filters of a view, as they stand in the address. */
type Query = Record<string, string>;

interface View {
  element: HTMLElement;
  /** The address has other filters. */
  route?: (query: Query) => void;
  /** A session has changed. */
  event?: (event: SessionEvent) => void;
  /** Everything is to be read again. */
  reload?: () => void;
  /** The counts were read again. */
  status?: () => void;
  leave?: () => void;
}

/** Who hears of changes. */
interface Listener {
  event: (event: SessionEvent) => void;
  /** Reads everything again and returns where to follow from. */
  reset: () => Promise<{ epoch: string; revision: number }>;
  /** Null where changes arrive. */
  state: (failure: Failure | null) => void;
}

/** What the whole page knows. */
interface PageState {
  me: Me | null;
  status: Status | null;
  apps: App[];
  /** Why no changes arrive, null where they do. */
  failure: Failure | null;
  /** Whether they ever did. */
  connected: boolean;
}

/** A filter. */
interface Field {
  /** The parameter. */
  name: string;
  kind: "search" | "app" | "choice" | "date" | "text";
  label: string;
  /** What stands in it while it is empty. */
  hint?: string;
  /** Values and labels of a choice. */
  options?: [string, string][];
  /** A class. */
  look?: string;
}

/** A page of a list. */
interface Read<Row> {
  rows: Row[];
  /** The cursor of the next page. */
  next?: string;
  /** How many match, where the server says. */
  total?: number;
  epoch?: string;
  revision?: number;
}

interface ListOptions<Row> {
  table: TableOptions<Row>;
  read: (cursor: string | undefined, limit: number, signal: AbortSignal) => Promise<Read<Row>>;
  /** How many there are, in words. */
  counted: (n: number) => string;
  /** What stands where there is none. */
  empty: () => Child[];
  /** What can be done to what is selected. */
  bulk?: () => HTMLButtonElement[];
  /** Whether all that match can be selected. */
  canSelectAll?: () => boolean;
  onread?: (total: number | undefined) => void;
}

interface Column<Row> {
  id: string;
  label: string;
  /** What names the row. */
  title?: boolean;
  /** What the server sorts by; a column without it cannot be sorted. */
  sort?: string;
  /** Whether the label is for screen readers only. */
  unlabelled?: boolean;
  /** Whether a card shows the label beside the value. */
  labelled?: boolean;
  class?: string;
  cell: (row: Row) => Child | Child[];
}

interface TableOptions<Row> {
  caption: string;
  columns: Column<Row>[];
  keyOf: (row: Row) => string;
  /** What a row is called, for check boxes. */
  nameOf: (row: Row) => string;
  selection?: import("./assets/selection.js").Selection<Row>;
  onsort?: (sort: string) => void;
}

/** A row of a table that is drawn. */
interface Entry<Row> {
  element: HTMLTableRowElement;
  row: Row;
  /** What the row said when it was drawn. */
  drawn: string;
  mark: string;
  gone: boolean;
}
