#include "syntax/report.h"

#include <string.h>

/* The text of a token, shortened where it is long. */
static const char *token_text(const Parse *parse, Span span)
{
    enum { LONGEST = 40 };
    int length = span.end - span.start;
    const char *text = arena_copy(parse->tree.arena, parse->source->text + span.start,
                                  (size_t)(length > LONGEST ? LONGEST : length));
    return length > LONGEST ? arena_printf(parse->tree.arena, "%s...", text) : text;
}

static bool one_of(const char *token, const char *const *set)
{
    for (; *set; set++)
        if (strcmp(token, *set) == 0)
            return true;
    return false;
}

/* "a value, ')' or ','" */
static const char *expectation_text(Arena *arena, const Expectation *expected, bool at_start)
{
    static const char *const operators[] = {"'+'", "'-'", "'*'", "'/'", "'%'", "'//'", "'**'", NULL};
    static const char *const starts[] = {"'+'",   "'-'",  "'('", "'['",        "True",
                                         "False", "None", "'_'", "a fraction", NULL};
    VEC(const char *) phrases = {0};
    if (at_start)
        return "'model', 'data', 'train', 'let', 'block' or 'import'";
    if (expected->value)
        vec_push(arena, phrases, "a value");
    else if (expected->name)
        vec_push(arena, phrases, "a name");
    else if (expected->string)
        vec_push(arena, phrases, "a string in quotes");
    bool colon = false;
    for (int i = 0; i < expected->others.count; i++)
        colon |= strcmp(expected->others.at[i], "':'") == 0;
    for (int i = 0; i < expected->others.count; i++) {
        const char *other = expected->others.at[i];
        if (colon && strcmp(other, "'{'") == 0)
            continue; /* few names have braces without a colon */
        if (expected->name && strcmp(other, "'repeat'") == 0)
            continue; /* a name all the same */
        if (!one_of(other, operators) && !(expected->value && one_of(other, starts)))
            vec_push(arena, phrases, other);
    }
    if (expected->line_end && !phrases.count)
        vec_push(arena, phrases, "the end of the line");
    const char *text = "";
    for (int i = 0; i < phrases.count; i++)
        text = arena_printf(arena, "%s%s%s", text, !i ? "" : i == phrases.count - 1 ? " or " : ", ", phrases.at[i]);
    return text;
}

static bool expects(const Expectation *expected, const char *token)
{
    bool found = false;
    for (int i = 0; i < expected->others.count; i++)
        found = found || strcmp(expected->others.at[i], token) == 0;
    return found;
}

/* What is to be done where `token`, behind `before`, is what Python or another statement has there; or "". */
static const char *hint(const Expectation *expected, const char *token, const char *before)
{
    static const char *const python[] = {"class", "def", "from", NULL};
    if (expected->statement && one_of(token, python))
        return "; a model is no Python class here: model Net(3, 32, 32) { ... }";
    if (strcmp(before, "import") == 0)
        return "; nothing of Python is imported";
    if (strcmp(before, "lambda") == 0)
        return "; functions are not read";
    if (strcmp(before, "freeze") == 0 && expects(expected, "':'"))
        return "; 'freeze' is a setting of a train block";
    if (*token == '=' && expects(expected, "':'") && expects(expected, "'('"))
        return "; a child's name stands before it with a colon: conv1: Conv2d(3, 16, 3)";
    if (*token == '*' && expected->name && expects(expected, "'{'"))
        return "; copies of layers are written repeat 3 { ... }";
    if (*token == '{' && expects(expected, "'='") && expects(expected, "'('"))
        return "; a model has the shape of its samples in front of its layers: (3, 32, 32)";
    return "";
}

/* The parser gives up on the statement: what follows is looked at again from the next one on. */
static void give_up(Parse *parse, bool opening)
{
    if (!parse->holding && parse->braces.count <= (opening ? 1 : 0))
        parse->skipping = true;
    parse->parens = 0;
}

void report_unexpected(Parse *parse, const Expectation *expected, Span span, const char *seen)
{
    Arena *arena = parse->tree.arena;
    bool at_start = expected->statement && !expected->name;
    const char *text = expectation_text(arena, expected, at_start);
    int line, last_line, column;
    source_position(parse->source, span.start, &line, &column);
    source_position(parse->source, parse->previous.end, &last_line, &column);
    bool follows = parse->previous.end > parse->previous.start;
    const char *after = follows ? arena_printf(arena, " after '%s'", token_text(parse, parse->previous)) : "";
    if (seen || (follows && line != last_line)) /* what is missing is missing where the line ends */
        diag_error(parse->tree.diag, (Span){parse->source, parse->previous.end, parse->previous.end},
                   "expected %s%s%s%s", text, after, seen ? " but got " : "", seen ? seen : "");
    else
        diag_error(parse->tree.diag, span, "expected %s%s but got '%s'%s", text, after, token_text(parse, span),
                   hint(expected, token_text(parse, span), follows ? token_text(parse, parse->previous) : ""));
    give_up(parse, parse->source->text[span.start] == '{');
}

void report_too_deep(Parse *parse, Span span)
{
    diag_error(parse->tree.diag, span, "program nests too deeply here");
    parse->skipping = true;
}

void report_open_brace(Parse *parse, Span brace, const char *before)
{
    diag_error(parse->tree.diag, brace, "brace '{' is never closed: expected '}' before %s", before);
}
