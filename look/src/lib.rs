//! Theme and page components that portal and workdesk share: style, words in several languages, the frame of a page.
