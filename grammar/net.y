/* The grammar of .net files. Actions only build nodes; meaning is given in model/. */
%require "3.8"
%expect 0
%define api.pure full
%define api.prefix {net_}
%define api.token.prefix {NET_}
%define api.location.type {Span}
%define parse.error custom
%define parse.lac full
%locations
%param {Parse *parse}

%code requires {
#include "syntax/state.h"
}

%code provides {
/* What the lexer gives for what it has reported itself: the parser recovers from it without a word. */
enum { NET_REPORTED = NET_NET_error };
}

%code {
#include <stdlib.h>

#include "base/memory.h"
#include "syntax/report.h"

#define YYMALLOC memory_take /* bison would take a text that needs more for one without an error */
#define YYFREE free
#define YYMAXDEPTH 20000
#define YYLLOC_DEFAULT(now, rhs, n)                                                          \
    ((now) = (n) ? span_join(YYRHSLOC(rhs, 1), YYRHSLOC(rhs, n))                             \
                 : (Span){YYRHSLOC(rhs, 0).source, YYRHSLOC(rhs, 0).end, YYRHSLOC(rhs, 0).end})

int net_lex(NET_STYPE *value, Span *span, Parse *parse);
static void net_error(const Span *span, Parse *parse, const char *message);

/* Shorthand of the actions. */
#define B (&parse->tree)
static const Name no_name;

/* A change: no_name where none stands. */
static Syntax *edit(Parse *parse, Span span, Name name, Name target, Syntax *value)
{
    Syntax *node = syntax_node(B, SYNTAX_EDIT, span, name, value);
    node->target = target.text;
    node->target_span = target.span;
    return node;
}

static Name text_of(Parse *parse, Span span)
{
    return (Name){arena_copy(B->arena, parse->source->text + span.start, (size_t)(span.end - span.start)), span};
}
}

%union {
    Name name;
    Syntax *node;
}

%token <name> NAME "a name" INT "a number" FLOAT "a fraction" STRING "a string"
%token <name> IMPORT "'import'" LET "'let'" BLOCK "'block'" MODEL "'model'" DATA "'data'" TRAIN "'train'"
%token <name> REPEAT "'repeat'" INIT "'init'"
%token IF "'if'" ELSE "'else'" FOR "'for'" IN "'in'" AND "'and'" OR "'or'" NOT "'not'"
%token EQUAL "'=='" UNEQUAL "'!='" AT_MOST "'<='" AT_LEAST "'>='"
%token TRUE "True" FALSE "False" NONE "None" INFER "'_'" NEWLINE "the end of the line"
%token FLOOR_DIVIDE "'//'" POWER "'**'"
%token START_FILE START_VALUE
%token END 0 "the end of the file"

%left OR
%left AND
%precedence NOT
%nonassoc EQUAL UNEQUAL '<' '>' AT_MOST AT_LEAST
%left '+' '-'
%left '*' '/' '%' FLOOR_DIVIDE
%precedence SIGN
%right POWER

%type <name> part_name word any_name edit_path assigned
%type <node> statements statement data_names data_name body items item_list item value args arg_list arg call expr
%type <node> pair values names choice derived dict pairs
%type <node> settings setting_list setting setting_args setting_arg parts part_list part edits edit_list edit truth

%%

start:
  START_FILE statements        { parse->result = syntax_adopt(B, syntax_leaf(B, SYNTAX_FILE, @2, no_name), $2); }
| START_FILE statements statement
                               { parse->result = syntax_adopt(B, syntax_leaf(B, SYNTAX_FILE, @$, no_name),
                                                              syntax_append(B, $2, $3)); }
| START_VALUE expr             { parse->result = $2; }
;

statements:
  %empty                       { $$ = NULL; }
| statements NEWLINE           { $$ = $1; }
| statements statement NEWLINE { $$ = syntax_append(B, $1, $2); }
| statements error NEWLINE     { $$ = syntax_append(B, $1, syntax_leaf(B, SYNTAX_BROKEN, @2, no_name)); }
;

statement:
  IMPORT STRING                { $$ = syntax_leaf(B, SYNTAX_IMPORT, @$, $2); }
| LET any_name '=' expr        { $$ = syntax_node(B, SYNTAX_LET, @$, $2, $4); }
| BLOCK any_name '(' args ')' body
                               { $$ = syntax_adopt(B, syntax_leaf(B, SYNTAX_BLOCK, @$, $2), $4);
                                 $$ = syntax_with_body(B, $$, $6); }
| MODEL any_name '(' args ')' body
                               { $$ = syntax_adopt(B, syntax_leaf(B, SYNTAX_MODEL, @$, $2), $4);
                                 $$ = syntax_with_body(B, $$, $6); }
| MODEL any_name '=' derived   { $$ = $4; $$->span = @$; $$->name = $2.text; $$->name_span = $2.span; }
| MODEL any_name '(' args ')' '=' derived
                               { $$ = syntax_adopt(B, $7, $4); $$->span = @$; $$->name = $2.text;
                                 $$->name_span = $2.span; }
| DATA data_names '=' call     { $$ = syntax_adopt(B, syntax_node(B, SYNTAX_DATA, @$, no_name, $4), $2); }
| DATA data_names '=' call body
                               { $$ = syntax_adopt(B, syntax_node(B, SYNTAX_DATA, @$, no_name, $4), $2);
                                 $$ = syntax_with_body(B, $$, $5); }
| TRAIN any_name '{' settings '}'
                               { $$ = syntax_adopt(B, syntax_leaf(B, SYNTAX_TRAIN, @$, $2), $4); }
;

/* What a model is made of, and what is changed in it; the statement gives it its name and its shape. */
derived:
  call                         { $$ = syntax_node(B, SYNTAX_DERIVE, @$, no_name, $1); }
| call '{' edits '}'           { $$ = syntax_node(B, SYNTAX_DERIVE, @$, no_name, $1);
                                 $$ = syntax_with_body(B, $$, syntax_adopt(B, syntax_leaf(B, SYNTAX_BODY, @2, no_name),
                                                                           $3)); }
;

/* Words that begin a statement or an item are names everywhere else; what is called is never 'repeat' or 'init'. */
word: NAME | IMPORT | LET | BLOCK | MODEL | DATA | TRAIN;
any_name: word | REPEAT | INIT;

/* The names of a data set, or of the parts of one; _ for a part that nobody wants. */
data_names:
  data_name                    { $$ = syntax_append(B, NULL, $1); }
| data_names ',' data_name     { $$ = syntax_append(B, $1, $3); }
;

data_name:
  any_name                     { $$ = syntax_leaf(B, SYNTAX_NAME, @$, $1); }
| INFER                        { $$ = syntax_leaf(B, SYNTAX_INFER, @$, no_name); }
;

/* ---- Bodies: items separated by line ends, commas or both ---- */

body:
  '{' items '}'                { $$ = syntax_adopt(B, syntax_leaf(B, SYNTAX_BODY, @$, no_name), $2); }
;

items:
  item_list                    { $$ = $1; }
| item_list item               { $$ = syntax_append(B, $1, $2); }
| item_list error              { $$ = syntax_append(B, $1, syntax_leaf(B, SYNTAX_BROKEN, @2, no_name)); }
;

item_list:
  %empty                       { $$ = NULL; }
| item_list separator          { $$ = $1; }
| item_list item separator     { $$ = syntax_append(B, $1, $2); }
| item_list error NEWLINE      { $$ = syntax_append(B, $1, syntax_leaf(B, SYNTAX_BROKEN, @2, no_name)); }
;

separator: NEWLINE | ',';

item:
  value                        { $$ = $1; }
| any_name ':' value           { $$ = syntax_node(B, SYNTAX_CHILD, @$, $1, $3); }
| any_name                     { $$ = syntax_leaf(B, SYNTAX_NAME, @$, $1); }
| REPEAT expr body             { $$ = syntax_with_body(B, syntax_node(B, SYNTAX_REPEAT, @$, $1, $2), $3); }
| FOR names IN expr body       { $$ = syntax_adopt(B, syntax_node(B, SYNTAX_FOR, @$, no_name, $4), $2);
                                 $$ = syntax_with_body(B, $$, $5); }
| choice                       { $$ = $1; }
| INIT part_name '=' call      { $$ = syntax_node(B, SYNTAX_INIT, @$, $2, $4); }
;

names:
  any_name                     { $$ = syntax_append(B, NULL, syntax_leaf(B, SYNTAX_NAME, @1, $1)); }
| names ',' any_name           { $$ = syntax_append(B, $1, syntax_leaf(B, SYNTAX_NAME, @3, $3)); }
;

choice:
  IF expr body                 { $$ = syntax_with_body(B, syntax_node(B, SYNTAX_IF, @$, no_name, $2), $3); }
| IF expr body ELSE body       { $$ = syntax_with_body(B, syntax_node(B, SYNTAX_IF, @$, no_name, $2), $3);
                                 $$ = syntax_adopt(B, $$, syntax_append(B, NULL, $5)); }
| IF expr body ELSE choice     { $$ = syntax_with_body(B, syntax_node(B, SYNTAX_IF, @$, no_name, $2), $3);
                                 $$ = syntax_adopt(B, $$, syntax_append(B, NULL, $5)); }
;

value:
  call                         { $$ = $1; }
| body                         { $$ = $1; }
| any_name body                { $$ = syntax_with_body(B, syntax_leaf(B, SYNTAX_CALL, @$, $1), $2); }
| call body                    { $$ = syntax_with_body(B, $1, $2); }
;

/* ---- Training ---- */

settings:
  setting_list                 { $$ = $1; }
| setting_list setting         { $$ = syntax_append(B, $1, $2); }
| setting_list error           { $$ = syntax_append(B, $1, syntax_leaf(B, SYNTAX_BROKEN, @2, no_name)); }
;

setting_list:
  %empty                       { $$ = NULL; }
| setting_list NEWLINE         { $$ = $1; }
| setting_list setting NEWLINE { $$ = syntax_append(B, $1, $2); }
| setting_list error NEWLINE   { $$ = syntax_append(B, $1, syntax_leaf(B, SYNTAX_BROKEN, @2, no_name)); }
;

setting:
  any_name                     { $$ = syntax_leaf(B, SYNTAX_SETTING, @$, $1); }
| any_name setting_args        { $$ = syntax_adopt(B, syntax_leaf(B, SYNTAX_SETTING, @$, $1), $2); }
| any_name setting_args '{' parts '}'
                               { $$ = syntax_adopt(B, syntax_leaf(B, SYNTAX_SETTING, @$, $1), $2);
                                 $$ = syntax_with_body(B, $$, syntax_adopt(B, syntax_leaf(B, SYNTAX_BODY, @4, no_name),
                                                                           $4)); }
;

setting_args:
  setting_arg                  { $$ = syntax_append(B, NULL, $1); }
| setting_args ',' setting_arg { $$ = syntax_append(B, $1, $3); }
| setting_args ',' NEWLINE setting_arg
                               { $$ = syntax_append(B, $1, $4); }
;

setting_arg:
  arg                          { $$ = $1; }
| STRING '=' expr              { $$ = syntax_node(B, SYNTAX_ARG, @$, $1, $3); }
| any_name ':' INT             { $$ = syntax_node(B, SYNTAX_ARG, @$, no_name, syntax_leaf(B, SYNTAX_NAME, @$,
                                     (Name){arena_printf(B->arena, "%s:%s", $1.text, $3.text), @$})); }
;

/* ---- Settings for parts of a model: a name, a colon, arguments; separated by line ends, commas or both ---- */

parts:
  part_list                    { $$ = $1; }
| part_list part               { $$ = syntax_append(B, $1, $2); }
| part_list error              { $$ = syntax_append(B, $1, syntax_leaf(B, SYNTAX_BROKEN, @2, no_name)); }
;

part_list:
  %empty                       { $$ = NULL; }
| part_list separator          { $$ = $1; }
| part_list part separator     { $$ = syntax_append(B, $1, $2); }
| part_list error NEWLINE      { $$ = syntax_append(B, $1, syntax_leaf(B, SYNTAX_BROKEN, @2, no_name)); }
;

part:
  arg                          { $$ = $1; }
| part_name ':' arg            { $$ = syntax_node(B, SYNTAX_CHILD, @$, $1, $3); }
;

part_name: any_name | STRING | INT | FLOAT;

/* ---- Changes to a model that another one gives ---- */

edits:
  edit_list                    { $$ = $1; }
| edit_list edit               { $$ = syntax_append(B, $1, $2); }
| edit_list error              { $$ = syntax_append(B, $1, syntax_leaf(B, SYNTAX_BROKEN, @2, no_name)); }
;

edit_list:
  %empty                       { $$ = NULL; }
| edit_list separator          { $$ = $1; }
| edit_list edit separator     { $$ = syntax_append(B, $1, $2); }
| edit_list error NEWLINE      { $$ = syntax_append(B, $1, syntax_leaf(B, SYNTAX_BROKEN, @2, no_name)); }
;

edit:
  any_name edit_path           { $$ = edit(parse, @$, $1, $2, NULL); }
| any_name edit_path '=' value { $$ = edit(parse, @$, $1, $2, $4); }
/* What Python writes: model/slips.c tells what stands for it here. */
| any_name                     { $$ = edit(parse, @$, $1, no_name, NULL); }
| any_name call                { $$ = edit(parse, @$, $1, no_name, $2); }
| call                         { $$ = $1; }
| assigned '=' value           { $$ = edit(parse, @$, no_name, $1, $3); }
| assigned ':' value           { $$ = edit(parse, @$, no_name, $1, $3); }
| assigned '=' truth           { $$ = edit(parse, @$, no_name, $1, $3); }
;

/* The text of a path, with brackets too, which a path has not. */
edit_path:
  part_name                    { $$ = $1; }
| edit_path '[' expr ']'       { $$ = text_of(parse, @$); }
;

assigned:
  any_name                     { $$ = $1; }
| assigned '[' expr ']'        { $$ = text_of(parse, @$); }
;

truth:
  TRUE                         { $$ = syntax_leaf(B, SYNTAX_TRUE, @$, no_name); }
| FALSE                        { $$ = syntax_leaf(B, SYNTAX_FALSE, @$, no_name); }
;

/* ---- Calls and their arguments ---- */

call:
  word '(' args ')'            { $$ = syntax_adopt(B, syntax_leaf(B, SYNTAX_CALL, @$, $1), $3); }
;

args:
  %empty                       { $$ = NULL; }
| arg_list                     { $$ = $1; }
| arg_list ','                 { $$ = $1; }
;

arg_list:
  arg                          { $$ = syntax_append(B, NULL, $1); }
| arg_list ',' arg             { $$ = syntax_append(B, $1, $3); }
;

arg:
  expr                         { $$ = syntax_node(B, SYNTAX_ARG, @$, no_name, $1); }
| any_name '=' expr            { $$ = syntax_node(B, SYNTAX_ARG, @$, $1, $3); }
| any_name '=' dict            { $$ = syntax_node(B, SYNTAX_ARG, @$, $1, $3); }
;

/* A dict stands only behind the name of its argument, since braces are a body elsewhere. */
dict:
  '{' lines '}'                { $$ = syntax_leaf(B, SYNTAX_DICT, @$, no_name); }
| '{' lines pairs lines '}'    { $$ = syntax_adopt(B, syntax_leaf(B, SYNTAX_DICT, @$, no_name), $3); }
| '{' lines pairs ',' lines '}'
                               { $$ = syntax_adopt(B, syntax_leaf(B, SYNTAX_DICT, @$, no_name), $3); }
;

lines: %empty | lines NEWLINE;

/* Keys and values in turn. */
pairs:
  expr ':' expr                { $$ = syntax_append(B, syntax_append(B, NULL, $1), $3); }
| pairs ',' lines expr ':' expr
                               { $$ = syntax_append(B, syntax_append(B, $1, $4), $6); }
;

/* ---- Expressions, with Python's precedences ---- */

expr:
  expr '+' expr                { $$ = syntax_operation(B, @$, '+', $1, $3); }
| expr '-' expr                { $$ = syntax_operation(B, @$, '-', $1, $3); }
| expr '*' expr                { $$ = syntax_operation(B, @$, '*', $1, $3); }
| expr '/' expr                { $$ = syntax_operation(B, @$, '/', $1, $3); }
| expr '%' expr                { $$ = syntax_operation(B, @$, '%', $1, $3); }
| expr FLOOR_DIVIDE expr       { $$ = syntax_operation(B, @$, OPERATOR_FLOOR_DIVIDE, $1, $3); }
| expr POWER expr              { $$ = syntax_operation(B, @$, OPERATOR_POWER, $1, $3); }
| expr EQUAL expr              { $$ = syntax_operation(B, @$, OPERATOR_EQUAL, $1, $3); }
| expr UNEQUAL expr            { $$ = syntax_operation(B, @$, OPERATOR_UNEQUAL, $1, $3); }
| expr '<' expr                { $$ = syntax_operation(B, @$, '<', $1, $3); }
| expr '>' expr                { $$ = syntax_operation(B, @$, '>', $1, $3); }
| expr AT_MOST expr            { $$ = syntax_operation(B, @$, OPERATOR_AT_MOST, $1, $3); }
| expr AT_LEAST expr           { $$ = syntax_operation(B, @$, OPERATOR_AT_LEAST, $1, $3); }
| expr AND expr                { $$ = syntax_operation(B, @$, OPERATOR_AND, $1, $3); }
| expr OR expr                 { $$ = syntax_operation(B, @$, OPERATOR_OR, $1, $3); }
| NOT expr                     { $$ = syntax_operation(B, @$, OPERATOR_NOT, $2, NULL); }
| '-' expr %prec SIGN          { $$ = syntax_operation(B, @$, '-', $2, NULL); }
| '+' expr %prec SIGN          { $$ = syntax_operation(B, @$, '+', $2, NULL); }
| INT                          { $$ = syntax_leaf(B, SYNTAX_INT, @$, $1); }
| FLOAT                        { $$ = syntax_leaf(B, SYNTAX_FLOAT, @$, $1); }
| STRING                       { $$ = syntax_leaf(B, SYNTAX_STRING, @$, $1); }
| TRUE                         { $$ = syntax_leaf(B, SYNTAX_TRUE, @$, no_name); }
| FALSE                        { $$ = syntax_leaf(B, SYNTAX_FALSE, @$, no_name); }
| NONE                         { $$ = syntax_leaf(B, SYNTAX_NONE, @$, no_name); }
| INFER                        { $$ = syntax_leaf(B, SYNTAX_INFER, @$, no_name); }
| any_name                     { $$ = syntax_leaf(B, SYNTAX_NAME, @$, $1); }
| call                         { $$ = $1; }
| '(' expr ')'                 { $$ = $2; $$->span = @$; }
| '(' ')'                      { $$ = syntax_leaf(B, SYNTAX_TUPLE, @$, no_name); }
| '(' expr ',' ')'             { $$ = syntax_append(B, NULL, $2);
                                 $$ = syntax_adopt(B, syntax_leaf(B, SYNTAX_TUPLE, @$, no_name), $$); }
| '(' pair ')'                 { $$ = syntax_adopt(B, syntax_leaf(B, SYNTAX_TUPLE, @$, no_name), $2); }
| '(' pair ',' ')'             { $$ = syntax_adopt(B, syntax_leaf(B, SYNTAX_TUPLE, @$, no_name), $2); }
| '[' ']'                      { $$ = syntax_leaf(B, SYNTAX_LIST, @$, no_name); }
| '[' values ']'               { $$ = syntax_adopt(B, syntax_leaf(B, SYNTAX_LIST, @$, no_name), $2); }
| '[' values ',' ']'           { $$ = syntax_adopt(B, syntax_leaf(B, SYNTAX_LIST, @$, no_name), $2); }
;

pair:
  expr ',' expr                { $$ = syntax_append(B, syntax_append(B, NULL, $1), $3); }
| pair ',' expr                { $$ = syntax_append(B, $1, $3); }
;

values:
  expr                         { $$ = syntax_append(B, NULL, $1); }
| values ',' expr              { $$ = syntax_append(B, $1, $3); }
;

%%

static void net_error(const Span *span, Parse *parse, const char *message)
{
    (void)message; /* the only one bison has for us: its stack is full */
    report_too_deep(parse, *span);
}

/* What bison knows at a syntax error, for report.c to put into words. */
static int yyreport_syntax_error(const yypcontext_t *context, Parse *parse)
{
    yysymbol_kind_t expected[YYNTOKENS];
    int count = yypcontext_expected_tokens(context, expected, YYNTOKENS);
    Expectation expectation = {0};
    for (int i = 0; i < count; i++) {
        yysymbol_kind_t symbol = expected[i];
        if (symbol == YYSYMBOL_INT)
            expectation.value = true;
        else if (symbol == YYSYMBOL_NAME)
            expectation.name = true;
        else if (symbol >= YYSYMBOL_IMPORT && symbol <= YYSYMBOL_TRAIN)
            expectation.statement = true;
        else if (symbol == YYSYMBOL_NEWLINE || symbol == YYSYMBOL_YYEOF)
            expectation.line_end = true;
        else if (symbol == YYSYMBOL_STRING)
            expectation.string = true;
        else if (symbol > YYSYMBOL_YYUNDEF)
            vec_push(parse->tree.arena, expectation.others, yysymbol_name(symbol));
    }
    yysymbol_kind_t seen = yypcontext_token(context);
    bool at_end = seen == YYSYMBOL_NEWLINE || seen == YYSYMBOL_YYEOF;
    report_unexpected(parse, &expectation, *yypcontext_location(context), at_end ? yysymbol_name(seen) : NULL);
    return 0;
}
