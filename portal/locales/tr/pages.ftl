### Herkes için aynı olan sayfalar: Handdruk hakkında, gizlilik, erişilebilirlik, yardım ve olmayanlar.

## Her sayfanın altında

footer-about = Handdruk hakkında
footer-privacy = Gizlilik
footer-accessibility = Erişilebilirlik
footer-help = Yardım
footer-title = Daha fazla bilgi

## Hakkında

about-title = Handdruk hakkında
about-lead = Handdruk, okulların ve yardım kurumlarının bilgileri düzgün biçimde aktarmasına yardım eder. Gerekenden fazlası verilmez. Ve sizden gizli yapılmaz.
about-how-title = Handdruk ne yapar?
about-how-1 = Bir okul veya yardım kurumu neyi kime vermek istediğini tam olarak söyler.
about-how-2 = Siz aynı bilgileri burada görürsünüz. Çoğu zaman izin gerekir. Siz bir şey söylemezseniz başka birinin eveti yetebilir.
about-how-3 = İzin varsa bilgiler kapalı olarak alıcıya gider. Yolda kimse okuyamaz.
about-how-4 = Alıcı yalnızca izin verileni alır. Fazla olan ayrılır ve silinir.
about-proof-title = Doğru olduğunu nasıl bilirsiniz?
about-proof-1 = Tarayıcınız, gördüğünüz bilgilerin gönderilenlerle aynı olduğunu hesaplayarak kontrol eder.
about-proof-2 = Evet ya da hayırınızı yalnızca sizde olan anahtarlarla imzalarsınız. Biz de taklit edemeyiz.
about-proof-3 = Her adımın kanıtı kalır. O kanıtta isim yazmaz.
about-limits-title = Hangi konuda bize inanmanız gerekir
about-limits-1 = Tarayıcınız bu sitenin gönderdiği kodu çalıştırır. O kodun parmak izi herkese açıktır.
about-limits-2 = Bir kişinin velayeti olup olmadığına, size mektubu veren okul veya kurum bakar.
about-limits-3 = Alıcının silme ya da saklama konusunda söylediğini biz dışarıdan göremeyiz.
about-script = Bu sitenin kodunun parmak izi

## Gizlilik

privacy-title = Gizlilik
privacy-lead = Bu site bilgilerinizi böyle kullanır.
privacy-knows-title = Handdruk'un bildikleri
privacy-knows = Kimin kime, ne için ve ne zaman bir şey gönderdiğini. Hangi bölümlerin gönderildiğini ve yaklaşık büyüklüğünü. Okul geçişinin türünü ve ayını. Adres gizli değilse belediyeyi. Çocuğun yaş grubunu. Karara katılan birinin olduğunu, velayetinin türünü ve dilini. Bu velayetin incelenip incelenmediğini. Onun ne yanıt verdiğini ve sonra ne olduğunu. Hangi çalışanın bir işlem yaptığını, kod olarak. Handdruk kişi adı, adres veya vatandaş numarası bilmez.
privacy-content-title = Handdruk'un okuyamadıkları
privacy-content = Bilgilerin kendisini. Onlar bir kurumdan ötekine ve size kapalı olarak gider.
privacy-device-title = Cihazınızda duranlar
privacy-device = Oturumunuz açıkken anahtarlarınız cihazınızda durur. Çıkış yapın, o zaman hemen silinirler. Başkasının bilgisayarında bunu her zaman yapın. Oturumunuzu bilmek için bir çerez vardır. Bir çerez de dil içindir.
privacy-others-title = Başka şirketler
privacy-others = Kimse izlemiyor. Reklam yok, ölçüm hizmeti yok, başka siteden hiçbir şey yok.
privacy-rights-title = Haklarınız
privacy-rights = Bilgilerinizi görme, düzelttirme veya sildirme hakkınız var. Bunu bilgilerin bulunduğu okuldan veya yardım kurumundan isteyin. Çözemezseniz Autoriteit Persoonsgegevens'e başvurun.

## Erişilebilirlik

accessibility-title = Erişilebilirlik
accessibility-lead = Herkes bu siteyi kullanabilmeli.
accessibility-how-title = Neler yapabilirsiniz
accessibility-how-1 = Her şey klavyeyle ve ekran okuyucuyla çalışır.
accessibility-how-2 = Yazıyı dört kat büyütebilirsiniz.
accessibility-how-3 = Cihazınız yapabiliyorsa her soruyu sesli okutabilirsiniz.
accessibility-how-4 = Site cihazınızın ayarına uyar: açık veya koyu ve daha az hareket.
accessibility-standard-title = Neye uyuyoruz
accessibility-standard = Site WCAG 2.2, AA düzeyine göre yapıldı. Her değişiklikte bunu bir programla deniyoruz. Engelli insanlar siteyi henüz denemedi.
accessibility-languages = Geçerli olan Hollandaca metindir. Öteki dilleri, o dili iyi bilen biri henüz gözden geçirmedi.
accessibility-paper-title = Yine de kâğıt üzerinde mi?
accessibility-paper = Bu her zaman olur. Size mektubu veren kurumu arayın.

## Yardım

help-title = Yardım
help-lead = Çözemediniz mi? Size mektubu veren kurumu arayın. Numara mektubunuzda yazıyor.
help-lost-title = Kodumu veya parolamı kaybettim
help-lost = Yeni bir mektup isteyin. Yeni kodla yeni bir parola seçersiniz. Eskisi artık geçmez.
help-used-title = Kodum kullanılmış, ama ben kullanmadım
help-used = Hemen size mektubu veren kurumu arayın. Belki mektubunuzu başka biri gördü.
help-paper-title = Kâğıt üzerinde yanıt vermek istiyorum
help-paper = Formu isteyin. Kurumdan iki kişi yanıtınızı kaydeder. Bunu burada görürsünüz.
help-language-title = Hollandaca okumakta zorlanıyorum
help-language = Sayfanın üstünden başka bir dil seçin. Birinden birlikte okumasını veya bir tercüman da isteyebilirsiniz.
help-young-title = 18 yaşından küçüğüm
help-young = 12 yaşından itibaren karara katılırsın. 16 yaşından itibaren kendin karar verirsin. O zaman kendi mektubun gelir.
help-doubt-title = Buna güvenmiyorum
help-doubt = Hiçbir şey yazmayın. Kurumu, daha önce bildiğiniz numaradan arayın.

## Olmayanlar

failed-not-found-title = Bu sayfa yok
failed-not-found = Belki adres yanlış yazıldı. Başa dönün.
failed-fault-title = Bir sorun oldu
failed-fault = Bu bizden kaynaklanıyor. Hiçbir şey kaydedilmedi. Daha sonra yeniden deneyin.
failed-busy-title = Şu anda çok yoğun
failed-busy = Biraz bekleyin ve yeniden deneyin.
failed-refused-title = Bu böyle olmaz
failed-refused = Bu istek doğru değildi. Hiçbir şey kaydedilmedi. Başa dönün.
failed-number = Bunun için arıyor musunuz? O zaman bu numarayı söyleyin: { $id }.
failed-home = Başa dön
page-loading = Bir saniye. Sayfa hazırlanıyor.
