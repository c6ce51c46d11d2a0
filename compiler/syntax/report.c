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

/* "a value, ')' or ','" */
static const char *expectation_text(Arena *arena, const Expectation *expected, bool at_start)
{
    static const char *const operators[] = {"'+'",  "'-'",  "'*'",  "'/'",  "'%'", "'//'",  "'**'", "'=='",
                                            "'!='", "'<='", "'>='", "'<'", "'>'", "'and'", "'or'", NULL};
    static const char *const starts[] = {"'+'",   "'-'",  "'('", "'['",        "True",
                                         "False", "None", "'_'", "a fraction", "'not'", NULL};
    static const char *const behind_names[] = {"'{'", "'}'", "','", NULL};
    static const char *const names[] = {"'repeat'", "'init'", "'for'", "'if'", NULL};
    VEC(const char *) phrases = {0};
    if (at_start)
        return "'model', 'data', 'train', 'let', 'block' or 'import'";
    if (expected->value)
        vec_push(arena, phrases, "a value");
    else if (expected->name)
        vec_push(arena, phrases, "a name");
    else if (expected->string)
        vec_push(arena, phrases, "a string in quotes");
    bool colon = false, path = expectation_is_path(expected);
    for (int i = 0; i < expected->others.count; i++)
        colon |= strcmp(expected->others.at[i], "':'") == 0;
    for (int i = 0; i < expected->others.count; i++) {
        const char *other = expected->others.at[i];
        if (colon && is_one_of(other, behind_names))
            continue; /* few names have braces without a colon, or stand alone */
        if (expected->name && is_one_of(other, names))
            continue; /* names all the same, or further items of a body */
        if (path && (strcmp(other, "'('") == 0 || strcmp(other, "'['") == 0))
            continue; /* a path has neither: they are read for the sake of a message */
        if (!is_one_of(other, operators) && !(expected->value && is_one_of(other, starts)))
            vec_push(arena, phrases, other);
    }
    if (expected->line_end && !phrases.count)
        vec_push(arena, phrases, "the end of the line");
    const char *text = "";
    for (int i = 0; i < phrases.count; i++)
        text = arena_printf(arena, "%s%s%s", text, !i ? "" : i == phrases.count - 1 ? " or " : ", ", phrases.at[i]);
    return text;
}

/* The text of a line, from its first character that is no blank on. */
static const char *first_of_line(const Source *source, int line)
{
    const char *text = source->text + source->line_start[line - 1];
    return text + strspn(text, " \t");
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
    const char *before = follows ? token_text(parse, parse->previous) : "";
    const char *after = follows ? arena_printf(arena, " after '%s'", before) : "";
    bool bare = expectation_has(expected, "'('") &&
                (expectation_has(expected, "':'") || expectation_has(expected, "'{'"));
    if (seen || (follows && line != last_line)) /* what is missing is missing where the line ends */
        diag_error(parse->tree.diag, (Span){parse->source, parse->previous.end, parse->previous.end},
                   "expected %s%s%s%s%s", text, after, seen ? " but got " : "", seen ? seen : "",
                   bare && follows ? "; a layer or a transform has parentheses, empty ones too: ReLU()" : "");
    else
        diag_error(parse->tree.diag, span, "expected %s%s but got '%s'%s", text, after, token_text(parse, span),
                   hint_of(arena, expected, token_text(parse, span), before, first_of_line(parse->source, line)));
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
