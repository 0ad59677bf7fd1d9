// Package sax is the Lua library sax: time series as words of a few letters, which
// can be compared by their shape (symbolic aggregate approximation), version 0.4.0.
//
//	sax.window.new(n, w, c)        the last n values as a word of w letters out of c
//	sax.word.new(values, w, c)     the word of an array
//	sax.word.new(text, c)          a word as it is
//	sax.mindist(a, b)              distance of two words or windows; then that of the
//	                               places where a is above b, and of those below; or nil
//	window:add(number or array)
//	window:clear()
//	window:get_word()
//	tostring(v), v == other        for words and windows alike
//
// Limits: 1 < n ≤ 4096, 1 < w ≤ 2048, n a multiple of w, 2 ≤ c ≤ 16.
//
// # From values to letters
//
//	values    10.3  7  1 | -5 -5 7.2      n = 6, mean 2.58, deviation 6.00
//	frames    6.1          -0.93          w = 2, means of n/w values
//	relative  0.59         -0.59          (frame - mean) / deviation
//	letters   F            C              c = 8
//
// Values that are NaN are left out; a frame without values, or whose sum is NaN, is
// #. Infinite values count in their frame alone. When the deviation is below 0.01
// all frames are average. The letters A, B, … divide the standard normal
// distribution into c equally likely parts, at quantiles cut to 3 decimals.
//
// # Distance
//
// Letters that are equal or neighbours have no distance; others that of the
// quantiles between them, to 3 decimals. # is as far as the alphabet goes. The
// distance is √(n/w) · √(the sum of the squares). Words of different w, c or n have
// none; one made from text takes the n of the other, or w.
//
// # Preservation
//
//	if K == nil then K = sax.window.new(4, 2, 4) end
//	K:clear()
//	K:add({1,2.5,0/0,1/0})
//
//	if K == nil then K = sax.word.new("FC", 8) end
//
// The Go values of the userdata are *Window and *Word, both with Size, AppendOutput
// (the text) and AppendPreserved for their host.
package sax
