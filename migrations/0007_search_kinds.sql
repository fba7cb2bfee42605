-- Every document of the search carries its kind as a token, so that the index answers "this word, of this kind" by
-- itself. Documents written before have theirs from here.
update search_documents set tokens = tokens || ('#' || kind) where not tokens @> array['#' || kind];
