// Puts a token in place of the Accept header: the letters of the formats that the client accepts, the best one first.
// Made by makeready, for CloudFront Functions, runtime 2.0. Header `x-accept-token` is to be in the cache policy, and
// `Accept` is not.

var CANDIDATES = __CANDIDATES__;
var MEDIA = __MEDIA__;

var TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
var WEIGHT = /^(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$/;

// The parts between marks, of which none within a quoted string counts.
function split(text, mark) {
  var parts = [];
  var from = 0;
  var quoted = false;
  for (var at = 0; at < text.length; at += 1) {
    var c = text[at];
    if (quoted && c === '\\') {
      at += 1;
    } else if (c === '"') {
      quoted = !quoted;
    } else if (!quoted && c === mark) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

function isValue(text) {
  return TOKEN.test(text) || (text.length >= 2 && text[0] === '"' && text[text.length - 1] === '"');
}

// Type, subtype and weight in thousandths; undefined where the part is malformed or has parameters.
function mediaRange(part) {
  var parts = split(part, ';').map(trim);
  var slash = parts[0].indexOf('/');
  var type = parts[0].slice(0, slash);
  var subtype = parts[0].slice(slash + 1);
  if (slash < 0 || !TOKEN.test(type) || !TOKEN.test(subtype) || (type === '*' && subtype !== '*')) {
    return undefined;
  }
  var weight;
  for (var i = 1; i < parts.length; i += 1) {
    var equals = parts[i].indexOf('=');
    var name = equals < 0 ? parts[i] : parts[i].slice(0, equals);
    var value = equals < 0 ? undefined : parts[i].slice(equals + 1);
    if (weight === undefined) {
      if (name.toLowerCase() !== 'q' || value === undefined || !WEIGHT.test(value)) {
        return undefined;
      }
      weight = Math.round(Number(value) * 1000);
    } else if (!TOKEN.test(name) || (value !== undefined && (name.toLowerCase() === 'q' || !isValue(value)))) {
      return undefined;
    }
  }
  return { type: type.toLowerCase(), subtype: subtype.toLowerCase(), weight: weight === undefined ? 1000 : weight };
}

// Without the spaces and tabs at both ends.
function trim(text) {
  var from = 0;
  var to = text.length;
  while (from < to && (text[from] === ' ' || text[from] === '\t')) {
    from += 1;
  }
  while (to > from && (text[to - 1] === ' ' || text[to - 1] === '\t')) {
    to -= 1;
  }
  return text.slice(from, to);
}

function tokenOf(accept) {
  var named = {};
  var images;
  var all;
  var higher = function (known, weight) {
    return known === undefined || weight > known ? weight : known;
  };
  split(accept, ',').forEach(function (part) {
    var range = mediaRange(part);
    if (range === undefined) {
      return;
    }
    if (range.type === '*') {
      all = higher(all, range.weight);
    } else if (range.type === 'image' && range.subtype === '*') {
      images = higher(images, range.weight);
    } else if (range.type === 'image') {
      MEDIA.forEach(function (medium) {
        if (medium.subtypes.indexOf(range.subtype) >= 0) {
          named[medium.letter] = higher(named[medium.letter], range.weight);
        }
      });
    }
  });
  if (trim(accept) === '') {
    all = 1000;
  }
  var newest = 0;
  MEDIA.forEach(function (medium) {
    if (named[medium.letter] > 0 && medium.age > newest) {
      newest = medium.age;
    }
  });
  var weightOf = function (medium) {
    if (named[medium.letter] !== undefined) {
      return named[medium.letter];
    }
    if (medium.age > newest) {
      return 0;
    }
    return images !== undefined ? images : all || 0;
  };
  var accepted = MEDIA.filter(function (medium) {
    return CANDIDATES.indexOf(medium.letter) >= 0 && weightOf(medium) > 0;
  });
  accepted.sort(function (a, b) {
    return weightOf(b) - weightOf(a) || CANDIDATES.indexOf(a.letter) - CANDIDATES.indexOf(b.letter);
  });
  return accepted
    .map(function (medium) {
      return medium.letter;
    })
    .join('');
}

function handler(event) {
  var headers = event.request.headers;
  var lines = headers.accept === undefined ? [] : headers.accept.multiValue || [headers.accept];
  var accept = lines
    .map(function (line) {
      return line.value;
    })
    .join(',');
  headers['x-accept-token'] = { value: 'token:' + tokenOf(accept) };
  return event.request;
}
