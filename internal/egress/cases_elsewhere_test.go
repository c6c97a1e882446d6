package egress

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// elsewhere is who holds a row that this package does not: a test of another room, or nobody, and then why.
type elsewhere struct {
	file, test string // file from the repository's root, and a name in it
	why        string // where there is no test: "not yet: …", or "not applicable: …"
}

func heldBy(file, test string) elsewhere { return elsewhere{file: file, test: test} }

func notYet(what string) elsewhere { return elsewhere{why: "not yet: " + what} }

func notApplicable(why string) elsewhere { return elsewhere{why: "not applicable: " + why} }

// heldElsewhere is the one list for the rows of other rooms. Who makes what is not yet there names the test here.
func heldElsewhere() map[string]elsewhere {
	const (
		extract    = "internal/core/integration/extract_test.go"
		resolve    = "internal/core/integration/resolve_test.go"
		values     = "internal/core/placeholder/placeholder_test.go"
		message    = "internal/core/message/message_test.go"
		sealing    = "internal/vault/vault_test.go"
		signing    = "internal/core/integration/signing_test.go"
		signatures = "internal/core/webhooksignature/webhooksignature_test.go"
		worker     = "deploy/cloudflare/test/worker.test.mjs"
		secrets    = "internal/core/secret/secret_test.go"
	)
	return map[string]elsewhere{
		"server-29": heldBy(extract, "TestI10AnswersThatAreFailures"),
		"server-30": heldBy("internal/core/jsonpath/jsonpath_test.go", "TestHostileQueriesAndDocumentsEnd"),
		"server-31": heldBy(extract, "TestI16I17I18Values"),
		"server-32": heldBy(extract, "TestI16I17I18Values"),
		"server-33": heldBy(extract, "TestI16I17I18Values"),
		"server-34": heldBy(values, "TestI22ValuesAreDataInMarkdown"),

		"secret-02": heldBy(secrets, "TestNoPrintShowsTheText"),
		"secret-03": heldBy(secrets, "TestNoPrintShowsTheText"),
		"secret-04": heldBy(secrets, "TestNoPrintShowsTheText"),
		"secret-07": heldBy(sealing, "TestI25OpensForNoOtherPurpose"),
		"secret-08": heldBy(sealing, "TestDamagedValuesDoNotOpen"),
		"secret-09": heldBy(resolve, "TestI25I41ASecretIsBoundToTheHost"),
		"secret-10": notYet("guilds confirm again when a header of an approved revision begins to carry a secret"),
		"secret-11": heldBy(sealing, "TestI25OpensForNoOtherPurpose"),
		"secret-12": notYet("a validation URL on another host is refused"),
		"secret-17": heldBy("internal/core/integration/mask_test.go", "TestAnswersShowNoSecretOfTheGuild"),
		"secret-19": heldBy(worker, "secret-19: the outgoing headers are the envelope's alone"),
		"secret-20": heldBy(worker, "secret-20: nothing is logged"),

		"signature-01": heldBy(signatures, "TestI13StandardWebhooksInGoAgrees"),
		"signature-02": heldBy(signatures, "TestI13StandardWebhooksInGoAgrees"),
		"signature-03": heldBy(signatures, "TestI13StandardWebhooksInGoAgrees"),
		"signature-04": heldBy(signatures, "TestI13StandardWebhooksInGoAgrees"),
		"signature-08": heldBy(signing, "TestI13Signature01And08EveryRequestIsSigned"),
		"signature-09": heldBy(signatures, "TestSignature08And09IDsAreUniqueAndHaveNoDot"),
		"signature-10": heldBy(signatures, "TestSignature10EmptyAndWrongKeysAreRefused"),

		"discord-output-01": heldBy("internal/discord/connect/connect_test.go", "TestDefect6NobodyIsPingedByDefault"),
		"discord-output-02": heldBy(values, "TestI22ValuesAreDataInMarkdown"),
		"discord-output-03": heldBy(values, "TestI22ValuesAreDataInMarkdown"),
		"discord-output-04": notApplicable("no message with Text Displays takes values"),
		"discord-output-05": heldBy(values, "TestI22ValuesAreDataInMarkdown"),
		"discord-output-07": heldBy(values, "TestI22ValuesAreDataInMarkdown"),
		"discord-output-09": heldBy(values, "TestI22ValuesAreDataInMarkdown"),
		"discord-output-11": heldBy(values, "TestI22ValuesAreDataInMarkdown"),
		"discord-output-12": heldBy(values, "TestEscapedTextCannotBeginMarkup"),
		"discord-output-13": heldBy(values, "TestI22ValuesAreDataInMarkdown"),
		"discord-output-14": heldBy(values, "TestI22ValuesAreDataInMarkdown"),
		"discord-output-16": heldBy(values, "TestI22ValuesAreDataInMarkdown"),
		"discord-output-17": heldBy(message, "TestI22LongValuesNeverBreakALimit"),
		"discord-output-20": heldBy(message, "TestI22LongValuesNeverBreakALimit"),
		"discord-output-21": heldBy(message, "TestI22LongValuesNeverBreakALimit"),
		"discord-output-23": notYet("image addresses of an embed from a value"),
		"discord-output-24": notApplicable("a button's label and address are the owner's text; no value goes there"),
		"discord-output-25": notYet("a channel's name from a value"),
		"discord-output-26": heldBy(extract, "TestI16I17I18Values"),
		"discord-output-30": heldBy(values, "TestValuesHaveFewLines"),

		"html-url-json-output-01": notYet("values on a page of the dashboard"),
		"html-url-json-output-02": notApplicable("there are no transcripts"),
		"html-url-json-output-04": notYet("a value as a link on a page of the dashboard"),
		"html-url-json-output-05": notApplicable("there are no transcripts"),
		"html-url-json-output-09": notApplicable("there is no CSV export"),
		"html-url-json-output-10": notApplicable("there are no transcripts"),
		"html-url-json-output-16": heldBy(resolve, "TestI8I9BodyOfAPost"),

		"tenant-02": heldBy("internal/core/integration/breaker_test.go", "TestI15OneGuildsFailuresOpenOnlyItsOwn"),
		"tenant-04": heldBy("internal/core/integration/cache_test.go", "TestI14GuildsShareNoAnswer"),
		"tenant-06": heldBy(worker, "tenant-06: nothing is cached between two requests for one URL"),
		"tenant-07": heldBy("internal/core/integration/delivery_test.go", "TestI35ADeliveryHoldsNothingOfTheRequest"),
		"oracle-01": heldBy("internal/egress/cases_address_test.go", "TestAuthorsCannotTellPolicyResolveAndConnectApart"),
		"oracle-04": heldBy("internal/core/integration/trial_test.go", "TestI34TestRequestsHaveARateOfTheirOwn"),
	}
}

// elsewhereByCategory does so for whole categories whose room has a test that no row of them is missing.
func elsewhereByCategory() map[string]elsewhere {
	return map[string]elsewhere{"logo": heldBy("internal/logo/keeper_test.go", "TestLogoCases")}
}

// remarks say what of a held row is held elsewhere or otherwise than it says.
func remarks() map[string]string {
	return map[string]string{
		"secret-09": "bound to scheme, host and port, so that what was sealed for the old host does not open; asking the guild again belongs to revisions",
		"secret-11": "by ids that are random and never used again",
		"server-10": "at 256 KiB",
		"server-32": "the last one wins",
		"oracle-01": "class and text; a test request is padded to 4 s, and the delivery log tells no time (TestI34WhatStandsInTheWayLooksAlike)",
		"secret-17": "a secret of fewer than 4 characters where it is the whole value",
		"tenant-04": "keyed by guild, integration and all that was sent; two users share an answer where the request says nothing of them",
		"tenant-06": "by `cache: no-store`, beside which the platform takes no cacheTtl",
		"dns-24":    "refused at dial; there is no flag on the integration",
		"header-16": "at 1 KiB", "header-17": "at the operator's number of headers, 5 unless said otherwise",
	}
}

// check holds that the test which is named exists.
func (e elsewhere) check(t *testing.T, id string) {
	t.Helper()
	if e.why != "" {
		return
	}
	content, err := os.ReadFile(filepath.Join("..", "..", e.file))
	if err != nil {
		t.Errorf("%s: %v", id, err)
		return
	}
	if !strings.Contains(string(content), "func "+e.test+"(") && !strings.Contains(string(content), `test("`+e.test+`"`) {
		t.Errorf("%s: there is no %s in %s", id, e.test, e.file)
	}
}
