// What eslint looks for in the page of the console. Names that are not known are tsc's to find.
import js from "@eslint/js";

export default [
  js.configs.recommended,
  {
    files: ["**/*.js"],
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-undef": "off",
      "no-unused-vars": "off",
      "no-control-regex": "off", // the page looks for such characters
      eqeqeq: "error",
      "no-implicit-coercion": "error",
      "no-var": "error",
      "prefer-const": "error",
      "object-shorthand": "error",
      "no-console": "error",
      // What would let the text of a file be markup or code.
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-script-url": "error",
      "no-restricted-properties": ["error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe", "srcdoc"].map((property) => ({ property, message: "Text from files is text: make elements." })),
        { object: "document", property: "write" },
        { object: "document", property: "cookie" },
      ],
    },
  },
];
