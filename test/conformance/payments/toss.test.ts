// The toss adapter against the cases of the payment port.

import { askingCases } from "./asking-cases.ts";
import { moneyCases } from "./money-cases.ts";
import { declarePayments } from "./suite.ts";

declarePayments("toss", [...moneyCases, ...askingCases], { atLeast: 30 });
