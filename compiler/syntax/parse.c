/* Between lexer and parser: decides what a line's end means, and brings the parser back to its feet after a mistake.
 *
 * - Inside ( ) and [ ] a line's end is nothing, as in Python; a brace ends all parentheses.
 * - Outside of braces a line's end before a { is nothing; within them, one before 'else'.
 * - A line that begins, unindented, like a statement begins one: braces left open before it are reported and closed.
 * - After a mistake in a statement's head everything is passed over up to the next line that begins one. */
#include "syntax/parse.h"

#include <string.h>

#include "base/character.h"
#include "base/memory.h"
#include "syntax/report.h"
#include "syntax/state.h"

#include "net.tab.h"

typedef void *Scanner;
typedef struct yy_buffer_state *Buffer;
int net_scan_lex_init_extra(Parse *parse, Scanner *scanner);
int net_scan_lex_destroy(Scanner scanner);
Buffer net_scan__scan_bytes(const char *bytes, int length, Scanner scanner);
int net_scan_lex(NET_STYPE *value, Span *span, Scanner scanner);
int net_lex(NET_STYPE *value, Span *span, Parse *parse);

static const char *skip_blank(const char *text)
{
    return text + strspn(text, " \t\r\f");
}

static const char *skip_name(const Source *source, const char *text)
{
    return text + character_name_length(text, (int)(source->text + source->length - text), false);
}

/* Whether the token at `span` stands where a statement begins and goes on like one; `strictly`: down to the bracket. */
static bool begins_statement(const Parse *parse, int token, Span span, bool strictly)
{
    if (token < NET_IMPORT || token > NET_TRAIN || (span.start > 0 && parse->source->text[span.start - 1] != '\n'))
        return false;
    const char *next = skip_blank(parse->source->text + span.end);
    if (token == NET_IMPORT)
        return *next == '"' || *next == '\'';
    const char *end = skip_name(parse->source, next);
    if (end == next)
        return false;
    char sign = *skip_blank(end);
    if (!strictly)
        return true;
    switch (token) {
    case NET_TRAIN: return sign == '{';
    case NET_BLOCK: return sign == '(';
    case NET_MODEL: return sign == '(' || sign == '=';
    default: return sign == '=';
    }
}

/* The next thing that is no blank, comment or line's end. */
static const char *next_text(const Parse *parse)
{
    const char *text = parse->source->text + parse->offset;
    for (;;) {
        text = skip_blank(text);
        if (*text == '#')
            text += strcspn(text, "\n");
        else if (*text == '\n')
            text++;
        else
            return text;
    }
}

/* Whether a line's end means nothing, by what follows it. */
static bool goes_on(const Parse *parse)
{
    const char *text = next_text(parse);
    if (!parse->braces.count)
        return *text == '{';
    return strncmp(text, "else", 4) == 0 && skip_name(parse->source, text) == text + 4;
}

/* Passes a token on. Behind a line's end nothing is missing any more: the next token stands after nothing. */
static int give(Parse *parse, int token, Span span)
{
    parse->previous = parse->current;
    parse->current = token == NET_NEWLINE || token == 0 ? (Span){parse->source, span.end, span.end} : span;
    return token;
}

/* Keeps a token back until lines and braces before it are closed. */
static void hold(Parse *parse, int token, Span span, Name name)
{
    parse->holding = true;
    parse->held = token;
    parse->held_span = span;
    parse->held_name = name;
}

/* What is still owed to the parser before, and then, the held token. */
static int give_held(Parse *parse, NET_STYPE *value, Span *span)
{
    Span end = {parse->source, parse->current.end, parse->current.end};
    if (parse->end_line) {
        parse->end_line = false;
        *span = end;
        return give(parse, NET_NEWLINE, end);
    }
    if (parse->closing) {
        parse->end_line = --parse->closing == 0;
        *span = end;
        return '}';
    }
    parse->holding = false;
    parse->skipping = false;
    value->name = parse->held_name;
    *span = parse->held_span;
    return give(parse, parse->held, parse->held_span);
}

typedef struct Lexer {
    Parse parse; /* first: the parser knows only this */
    Scanner scanner;
} Lexer;

int net_lex(NET_STYPE *value, Span *span, Parse *parse)
{
    Scanner scanner = ((Lexer *)parse)->scanner;
    if (parse->start_token) {
        int token = parse->start_token;
        parse->start_token = 0;
        *span = parse->current;
        return token;
    }
    while (!parse->holding) {
        int token = net_scan_lex(value, span, scanner);
        if (token == 0)
            *span = (Span){parse->source, parse->source->length, parse->source->length};
        if (parse->skipping) {
            if (token && !begins_statement(parse, token, *span, false))
                continue;
            parse->parens = parse->braces.count = 0;
            parse->end_line = true;
            hold(parse, token, *span, value->name);
            break;
        }
        bool statement = begins_statement(parse, token, *span, true);
        if (parse->braces.count && (token == 0 || statement)) {
            report_open_brace(parse, parse->braces.at[parse->braces.count - 1],
                              token ? arena_printf(parse->tree.arena, "'%s'", value->name.text)
                                    : "the end of the file");
            parse->closing = parse->braces.count;
            parse->braces.count = 0;
        }
        if (parse->closing || (statement && parse->parens)) {
            parse->parens = 0;
            parse->end_line = true;
            hold(parse, token, *span, value->name);
            break;
        }
        switch (token) {
        case '(': case '[':
            parse->parens++;
            break;
        case ')': case ']':
            parse->parens -= parse->parens > 0;
            break;
        case '{':
            parse->parens = 0;
            vec_push(parse->tree.arena, parse->braces, *span);
            break;
        case '}':
            parse->parens = 0;
            parse->braces.count -= parse->braces.count > 0;
            break;
        case NET_REPORTED: /* the lexer reported it: the parser recovers without a word */
            parse->parens = 0;
            parse->skipping = !parse->braces.count;
            break;
        case NET_NEWLINE:
            if (parse->parens || goes_on(parse))
                continue;
            break;
        }
        return give(parse, token, *span);
    }
    return give_held(parse, value, span);
}

static Syntax *parse_text(Arena *arena, Diag *diag, const Source *source, int start_token)
{
    Lexer lexer = {.parse = {.tree = {.arena = arena, .diag = diag}, .source = source, .start_token = start_token,
                             .previous = {source, 0, 0}, .current = {source, 0, 0}}};
    if (net_scan_lex_init_extra(&lexer.parse, &lexer.scanner) != 0)
        memory_is_out();
    net_scan__scan_bytes(source->text, source->length, lexer.scanner);
    net_parse(&lexer.parse);
    net_scan_lex_destroy(lexer.scanner);
    return lexer.parse.result;
}

Syntax *syntax_parse(Arena *arena, Diag *diag, const Source *source)
{
    Syntax *tree = parse_text(arena, diag, source, NET_START_FILE);
    if (tree)
        return tree;
    TreeBuilder builder = {.arena = arena, .diag = diag};
    Span all = {source, 0, source->length};
    Syntax *broken = syntax_append(&builder, NULL, syntax_leaf(&builder, SYNTAX_BROKEN, all, (Name){0}));
    return syntax_adopt(&builder, syntax_leaf(&builder, SYNTAX_FILE, all, (Name){0}), broken);
}

Syntax *syntax_parse_value(Arena *arena, const Source *source)
{
    Diag *diag = diag_new(arena);
    Syntax *value = parse_text(arena, diag, source, NET_START_VALUE);
    return diag_error_count(diag) ? NULL : value;
}
